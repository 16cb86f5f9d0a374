// The files of a drop, folders opened; each with its path as it was dropped.

export interface NamedFile {
  readonly path: string;
  readonly file: File;
}

const MOST_FILES = 2000;

export async function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  // Entries are gone once the event is over, so all are taken before the first wait.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const plain = Array.from(transfer.files, (file) => ({ path: file.name, file }));
  if (entries.every((entry) => entry === null)) return plain;
  const found: NamedFile[] = [];
  for (const entry of entries) if (entry) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: NamedFile[]): Promise<void> {
  if (found.length >= MOST_FILES) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    found.push({ path: entry.fullPath.replace(/^\//, ""), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return;
    for (const inner of batch) await collect(inner, found);
  }
}
