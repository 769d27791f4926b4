import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './page.css';

const root = document.getElementById('page');
if (root === null) throw new TypeError('A page without its element');
createRoot(root).render(<App signInUrl={root.dataset['signIn'] ?? null} />);
