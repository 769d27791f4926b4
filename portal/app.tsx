import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { Router } from 'wouter';
import { createQueries } from './gateway/queries.ts';
import { SpeechProvider } from './language/speech-provider.tsx';
import { Standing } from './standing.tsx';

/** The portal, from the root on. */
export function App() {
  const [queries] = useState(createQueries);
  return (
    <QueryClientProvider client={queries}>
      <SpeechProvider>
        <Router base="/portal">
          <Standing />
        </Router>
      </SpeechProvider>
    </QueryClientProvider>
  );
}
