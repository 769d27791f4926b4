import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { useSpeech } from '../language/speech.ts';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Something above the page; the browser keeps the focus in it, and gives it back where it was. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { t } = useSpeech();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed while it is still in the page: of one that is gone, the browser gives the focus back to nobody.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <div className="dialog-head">
        <h2 id={id}>{title}</h2>
        <button type="button" className="plain" onClick={() => dialog.current?.close()}>
          {t('dataset.close')}
        </button>
      </div>
      {children}
    </dialog>
  );
}
