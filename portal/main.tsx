import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './style/base.css';
import './style/frame.css';
import './style/buttons.css';
import './style/parts.css';
import './style/forms.css';
import './style/panels.css';
import './style/tables.css';
import './style/pages.css';
import './style/print.css';

const root = document.getElementById('portal');
if (root === null) throw new TypeError('A page without its element');
createRoot(root).render(<App />);
