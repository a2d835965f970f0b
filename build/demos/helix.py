"""An alpha helix of alanines, by the angles and distances of textbooks, as PDB and as mmCIF."""

import math

# Radius (angstrom), angle (degrees) and height (angstrom) of the atoms of the first residue; each next one is turned by 100 degrees and 1.5 higher.
PLACES = [
    ("N", "N", 1.55, -27.8, -0.90),
    ("CA", "C", 2.28, 0.0, 0.0),
    ("C", "C", 1.68, 26.3, 1.10),
    ("O", "O", 2.03, 20.6, 2.28),
    ("CB", "C", 3.29, -17.8, 0.85),
]
TITLE = "A helix of alanines"


def atoms(residues):
    """Name, element, residue, number of the residue, chain, x, y, z, B of each atom; the last is an iron atom beside the helix."""
    for residue in range(residues):
        for name, element, radius, angle, height in PLACES:
            turn = math.radians(angle + 100 * residue)
            yield name, element, "ALA", residue + 1, "A", height + 1.5 * residue, radius * math.cos(turn), radius * math.sin(turn), 10.0 + residue
    yield "FE", "FE", "FE", 101, "B", 0.75 * residues, 9.0, 0.0, 20.0


def write_pdb(path, residues):
    with open(path, "w", encoding="ascii") as file:
        file.write(f"TITLE     {TITLE}\n")
        file.write(f"HELIX    1   1 ALA A    1  ALA A {residues:4}  1{residues:36}\n")
        for serial, (name, element, residue, number, chain, x, y, z, b) in enumerate(atoms(residues), 1):
            record = "ATOM  " if chain == "A" else "HETATM"
            placed = name if len(element) == 2 else " " + name
            file.write(f"{record}{serial:5} {placed:4} {residue:>3} {chain}{number:4}    {x:8.3f}{y:8.3f}{z:8.3f}  1.00{b:6.2f}          {element:>2}\n")
        file.write("END\n")


def write_mmcif(path, residues):
    columns = "group_PDB id type_symbol label_atom_id auth_comp_id auth_asym_id auth_seq_id Cartn_x Cartn_y Cartn_z B_iso_or_equiv".split()
    with open(path, "w", encoding="ascii") as file:
        file.write(f"data_HELIX\n_struct.title '{TITLE}'\n_struct_conf.conf_type_id HELX_P\n")
        file.write(f"_struct_conf.beg_auth_asym_id A\n_struct_conf.beg_auth_seq_id 1\n_struct_conf.end_auth_seq_id {residues}\nloop_\n")
        file.writelines(f"_atom_site.{column}\n" for column in columns)
        for serial, (name, element, residue, number, chain, x, y, z, b) in enumerate(atoms(residues), 1):
            record = "ATOM" if chain == "A" else "HETATM"
            file.write(f"{record} {serial} {element} {name} {residue} {chain} {number} {x:.3f} {y:.3f} {z:.3f} {b:.2f}\n")
