# shellcheck shell=bash
# Random variants of foreign files (classes *VariantsTests in folders Peers of tests/, and three tests of web/test), which the field's own programs write and read, more than the suite
# has time for. A failing test names its seed, from which its files follow: `./run fuzz --seed SEED --rounds 1` repeats it.

fuzz_projects=(Hutch.Types.Tests Hutch.Formats.Tests Hutch.Detectors.Tests Hutch.Analysis.Tests)

# What the scripts of these classes vary, by the class or the test.
fuzz_kinds() {
    cat <<'KINDS'
NxMxVariants             units, angles, sweeps, masks, interrupted series; distance, beam centre and pixel size by chains of transformations that disagree with fields
CbfVariants              headers, axes, compressions and packed files of CBF
Hdf5KindsVariants        types and storages of HDF5 in JSON and Zarr; odd precision, offset and exponent; filter masks; edge chunks without filters; empty arrays
NumpyVariants            orders, types, versions and empty arrays of .npy
TiffVariants             predictors, bits, planes, JPEG, ImageJ, axes of OME-TIFF and tifffile, GDAL's no data, sparse tiles, cut last links, EER
DetectorVariants         EDF, ADSC, d*TREK, Bruker and mar345 as fabio writes and reads them; cut files
MrcVariants              modes, orders, axes and stamps of MRC
NiftiVariants            versions, types, orientations and scaling of NIfTI
MicroscopyVariants       damaged files of EPU and SerialEM: each is read or named, and none stops the others
NegativePixelVariants    strong pixels above noise below 0, against DIALS
IntegratingDetectorVariants  spots put into noise below 0: recall, false ones, and DIALS with the same thresholds
YamlVariants             metadata in YAML
variants.test.ts         PDB (two-letter chains, frames ended by END, hybrid-36), mmCIF, names in capitals, CIF of small molecules and ligands, CSV, blanks, JSON lines
parquet.test.ts          decimals, dates, times and time stamps of Parquet, with every digit
instruments.test.ts      numbers between blanks (numpy), SPEC (silx), STAR (gemmi), structured arrays of NumPy as those of cryoSPARC
KINDS
}

run_fuzz() {
    local minutes=10 seed=$((RANDOM + 1)) rounds="" variants=500 round project end
    while (($# > 0)); do
        case "$1" in
            --minutes) minutes=${2:-} && shift 2 ;;
            --seed) seed=${2:-} && shift 2 ;;
            --rounds) rounds=${2:-} && shift 2 ;;
            --variants) variants=${2:-} && shift 2 ;;
            *) die "fuzz knows --minutes N, --seed N, --rounds N and --variants N, not '$1'" ;;
        esac
    done
    [[ $minutes$seed$variants${rounds:-1} =~ ^[1-9][0-9]*$ ]] || die "say for how long: ./run fuzz --minutes 10"
    fuzz_kinds
    install_packages run test peer
    for project in "${fuzz_projects[@]}"; do compile "tests/$project" || return 1; done
    npm_packages web
    end=$(($(date +%s) + minutes * 60))
    for ((round = 0; rounds ? round < rounds : $(date +%s) < end; round++)); do
        echo "seed $((seed + round)), $variants variants of each kind"
        for project in "${fuzz_projects[@]}"; do
            HUTCH_FUZZ_SEED=$((seed + round)) HUTCH_FUZZ_VARIANTS=$variants \
                "tests/$project/bin/Release/net10.0/$project" -noLogo -noColor -class '*VariantsTests' </dev/null || return 1
        done
        HUTCH_FUZZ_SEED=$((seed + round)) HUTCH_FUZZ_VARIANTS=$((4 * variants)) npm --prefix web run test -- variants parquet instruments </dev/null || return 1
    done
}
