import MoleculeContent from "../molecules/MoleculeContent";
import type { ViewerProps } from "./viewer";

/** Molecular structures: PDB, mmCIF. */
export default function MoleculeViewer({ dataset, at, name, entry, source, theme, decline }: ViewerProps) {
  const format = /\.(pdb|ent)$/i.test(name) || /x-pdb/.test(entry.contentType ?? "") ? "pdb" : "mmcif";
  const place = { dataset: dataset.id, at, path: entry.path };
  return (
    <MoleculeContent
      place={place}
      format={format}
      size={entry.size ?? 0}
      read={source.read}
      theme={theme}
      decline={decline}
    />
  );
}
