using System.Text.RegularExpressions;
using Hutch.Formats.Frames;
using Hutch.Formats.Native;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Finds the frames of a series in every layout that detectors and beamlines write: <c>data_000001</c> and so on, as links or in the master
/// itself; or one <c>data</c>, plain or virtual, with or without channels.
/// </summary>
/// <param name="isLive">True to leave out data files that cannot be opened yet, instead of a refusal.</param>
internal sealed partial class FrameLocator(Hdf5Files files, bool isLive)
{
    private const int MaxDataFiles = 100_000;
    private const int MaxVirtualDepth = 4;
    private const int MaxNamed = 5;

    private readonly List<FrameStore> _stores = [];
    private readonly Dictionary<(string File, string Path), FrameTable> _known = [];

    private readonly List<string> _notes = [];
    private readonly List<string> _missing = [];

    /// <summary>Notes for users about the search for the frames.</summary>
    public IEnumerable<string> Notes => _missing.Count == 0 ? _notes : _notes.Append(
        $"Files or their parts are missing, and their images with them: {string.Join(", ", _missing.Take(MaxNamed))}"
        + (_missing.Count > MaxNamed ? $", and {_missing.Count - MaxNamed} more." : "."));

    /// <summary>True if data files were left out that may still come.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>The data sets that hold the frames, in the order in which they were met.</summary>
    public IReadOnlyList<FrameStore> Stores => _stores;

    /// <param name="signal">The name of the data set that holds all images where there is no <c>data</c>.</param>
    /// <param name="expectedImages">How many images the detector was to take; 0 when the file does not say.</param>
    public FrameTable Locate(string masterPath, string dataGroupPath, string signal, long expectedImages)
    {
        using Hdf5Object group = files.Open(masterPath, dataGroupPath)
            ?? throw Unreadable.File(
                $"{Path.GetFileName(masterPath)} has no group {dataGroupPath}: it is not an NXmx master file.", masterPath);

        List<string> parts = files.Links(group, MaxDataFiles).Where(static name => NumberedName().IsMatch(name)).ToList();
        parts.Sort(CompareNumbers);
        FrameTable table = parts.Count > 0
            ? LocateParts(masterPath, dataGroupPath, parts, expectedImages)
            : LocateWhole(masterPath, dataGroupPath, signal, expectedImages);
        CheckAlike();
        return table;
    }

    private FrameTable LocateWhole(string masterPath, string dataGroupPath, string signal, long expectedImages)
    {
        using Hdf5Object data = files.Open(masterPath, dataGroupPath + "/data") ?? files.Open(masterPath, $"{dataGroupPath}/{signal}")
            ?? throw Unreadable.File(
                $"{Path.GetFileName(masterPath)} has neither {dataGroupPath}/data_000001 nor {dataGroupPath}/data: "
                + "it contains no images.",
                masterPath);
        return LocateDataset(data, expectedImages, 0);
    }

    private FrameTable LocateParts(string masterPath, string dataGroupPath, List<string> names, long expectedImages)
    {
        var parts = new List<FrameTable>();
        MissingFileException? missing = null;
        long images = 0;
        foreach (string name in names)
        {
            try
            {
                using Hdf5Object data = files.Open(masterPath, $"{dataGroupPath}/{name}")
                    ?? throw Unreadable.File(
                        $"{Path.GetFileName(masterPath)}:{dataGroupPath}/{name} refers to a data set that does not exist.",
                        masterPath);
                FrameTable part = LocateDataset(data, 0, 0);
                if (missing is not null && part.First is null)
                {
                    _missing.Add($"{Path.GetFileName(data.FilePath)} (it does not say the numbers of its images)");
                    continue;
                }

                parts.Add(part);
                images += part.Images;
            }
            catch (MissingFileException) when (expectedImages > 0 && images >= expectedImages)
            {
                // Masters are written before the series; links past its real end lead nowhere, and so do all that follow.
                break;
            }
            catch (Exception e) when (IsNotThereYet(e))
            {
                IsIncomplete = true;
                break;
            }
            catch (MissingFileException e)
            {
                missing ??= e;
                _missing.Add(Path.GetFileName(e.MissingPath));
            }
        }

        return parts.Count == 0 && missing is not null ? throw missing : Join(parts, masterPath);
    }

    /// <summary>Compares names by the numbers at their ends: data_2 is before data_10.</summary>
    private static int CompareNumbers(string a, string b)
    {
        ReadOnlySpan<char> first = a.AsSpan(a.LastIndexOf('_') + 1).TrimStart('0');
        ReadOnlySpan<char> second = b.AsSpan(b.LastIndexOf('_') + 1).TrimStart('0');
        return first.Length != second.Length ? first.Length.CompareTo(second.Length)
            : first.SequenceCompareTo(second) is not 0 and var order ? order
            : string.CompareOrdinal(a, b);
    }

    // Each part goes where its own numbers say, and one without numbers after the part before it.
    private FrameTable Join(List<FrameTable> parts, string masterPath)
    {
        int channels = parts.Count == 0 ? 1 : parts[0].Channels;
        List<(long First, FrameTable Part)> placed = Place(parts, static part => part.First);
        for (int i = 1; i < placed.Count; i++)
        {
            if (placed[i].First < placed[i - 1].First + placed[i - 1].Part.Images)
            {
                _notes.Add($"Two data files of {Path.GetFileName(masterPath)} say that they hold image {placed[i].First}: "
                    + "the images are numbered in the order of the files.");
                placed = Place(parts, static _ => null);
                break;
            }
        }

        (long start, long end) = placed.Count == 0 ? (1, 1) : (placed[0].First, placed[^1].First + placed[^1].Part.Images);
        if (end - start > FrameTable.MaxFrames || parts.Exists(part => part.Channels != channels))
        {
            throw Unreadable.File(
                $"The data files of {Path.GetFileName(masterPath)} do not match.", masterPath);
        }

        var whole = new FrameTable((int)(end - start), channels) { First = (int)start };
        foreach ((long first, FrameTable part) in placed)
        {
            for (int image = 0; image < part.Images; image++)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    whole[(int)(first - start) + image, channel] = part[image, channel];
                }
            }
        }

        return whole;
    }

    private static List<(long First, FrameTable Part)> Place(List<FrameTable> parts, Func<FrameTable, int?> own)
    {
        var placed = new List<(long First, FrameTable Part)>();
        long next = 1;
        foreach (FrameTable part in parts)
        {
            long first = own(part) ?? next;
            placed.Add((first, part));
            next = first + part.Images;
        }

        placed.Sort(static (a, b) => a.First.CompareTo(b.First));
        return placed;
    }

    private FrameTable LocateDataset(Hdf5Object data, long expectedImages, int depth)
    {
        if (data.Kind != Hdf5ObjectKind.Dataset)
        {
            throw Unreadable.File($"{data.Name} is not a data set.", data.FilePath);
        }

        if (_known.TryGetValue((data.FilePath, data.Path), out FrameTable? known))
        {
            return known;
        }

        Hdf5Dataset dataset = Hdf5Dataset.Describe(data);
        FrameTable table = dataset.Layout == Hdf5Layout.Virtual ? LocateVirtual(data, expectedImages, depth) : LocatePlain(dataset);
        _known[(data.FilePath, data.Path)] = table;
        return table;
    }

    private FrameTable LocatePlain(Hdf5Dataset dataset)
    {
        var store = FrameStore.From(dataset);
        FrameTable table = NewTable(dataset.Shape, dataset.Item, FirstNumber(dataset.Item));
        for (int image = 0; image < table.Images; image++)
        {
            for (int channel = 0; channel < table.Channels; channel++)
            {
                table[image, channel] = new FrameLocation(_stores.Count, (uint)image, (uint)channel);
            }
        }

        _stores.Add(store);
        return table;
    }

    private FrameTable LocateVirtual(Hdf5Object data, long expectedImages, int depth)
    {
        if (depth >= MaxVirtualDepth)
        {
            throw Unreadable.File(
                $"{data.Name} is a virtual data set of virtual data sets, more than {MaxVirtualDepth} deep.", data.FilePath);
        }

        List<VirtualMapping> mappings = VirtualMapping.TryReadAll(data) ?? throw VirtualMapping.Unsupported(data);
        ulong[] shape = Hdf5Dataset.ReadShape(data);
        FrameTable table = NewTable(shape, data);
        MissingFileException? missing = null;
        bool isAnyThere = false;
        foreach (VirtualMapping mapping in mappings)
        {
            try
            {
                Fill(table, shape, mapping, data, depth);
                isAnyThere = true;
            }
            catch (MissingFileException e)
            {
                if (mapping.Target.FirstImage < ExpectedOrAll(expectedImages, table))
                {
                    missing ??= e;
                    _missing.Add(Path.GetFileName(e.MissingPath));
                }
            }
            catch (HutchException e) when (IsNotThereYet(e))
            {
                IsIncomplete = true;
            }
        }

        IsIncomplete |= missing is not null && isLive;
        return missing is null || isAnyThere || isLive ? table : throw missing;
    }

    // A file that is being made: it is not there, has no end yet, or its data set is still to come.
    private bool IsNotThereYet(Exception e) => isLive && e is (MissingFileException or HutchException);

    private static long ExpectedOrAll(long expectedImages, FrameTable table) => expectedImages > 0 ? expectedImages : table.Images;

    private void Fill(FrameTable table, ulong[] shape, VirtualMapping mapping, Hdf5Object data, int depth)
    {
        using Hdf5Object source = files.OpenReferred(data.FilePath, mapping.FileName, mapping.Path)
            ?? throw Unreadable.File(
                $"{data.Name} refers to {mapping.FileName}:{mapping.Path}, which does not exist.", data.FilePath);
        FrameTable sourceTable = LocateDataset(source, 0, depth + 1);
        if (mapping.Target.Frames(shape) is not { } targets
            || mapping.Source.Frames(Hdf5Dataset.ReadShape(source), mayReachBeyond: true) is not { } sources
            || sources.Count > targets.Count)
        {
            throw VirtualMapping.Unsupported(data);
        }

        // A series that was cut short fills less of its place than was planned.
        int there = sources.TakeWhile(frame => frame.Image < sourceTable.Images).Count();
        if (there < targets.Count)
        {
            _missing.Add($"{targets.Count - there} images of {mapping.FileName}");
        }

        for (int i = 0; i < there; i++)
        {
            table[(int)targets[i].Image, (int)targets[i].Channel] = sourceTable[(int)sources[i].Image, (int)sources[i].Channel];
        }
    }

    // DECTRIS: the number of a data file's first image in the series.
    private static int? FirstNumber(Hdf5Object data)
    {
        const string Name = "image_nr_low";
        if (Hdf5Library.H5Aexists(data.Id, Name) <= 0)
        {
            return null;
        }

        using Hdf5Id attribute = Hdf5Library.Check(Hdf5Library.H5Aopen(data.Id, Name, Hdf5Id.Default));
        return NexusTree.Integer(Hdf5Values.ReadAttribute(attribute, 1)) is >= 0 and <= FrameTable.MaxFrames and { } number
            ? (int)number
            : null;
    }

    private static FrameTable NewTable(ulong[] shape, Hdf5Object data, int? first = null)
    {
        ulong images = shape.Length > 2 ? shape[0] : 1;
        ulong channels = shape.Length > 3 ? shape[1] : 1;
        return images <= FrameTable.MaxFrames && channels <= FrameTable.MaxFrames && images * channels <= FrameTable.MaxFrames
            ? new FrameTable((int)images, (int)channels) { First = first }
            : throw Unreadable.File($"{data.Name} claims {images} images of {channels} channels.", data.FilePath);
    }

    private void CheckAlike()
    {
        foreach (FrameStore store in _stores)
        {
            FrameStore first = _stores[0];
            if ((store.Rows, store.Columns, store.Type) != (first.Rows, first.Columns, first.Type))
            {
                throw Unreadable.File(
                    $"{Path.GetFileName(store.FilePath)} has images of {store.Rows} x {store.Columns} {store.Type.Name()}, "
                    + $"{Path.GetFileName(first.FilePath)} of {first.Rows} x {first.Columns} {first.Type.Name()}: "
                    + "they do not belong to one series.",
                    store.FilePath);
            }
        }
    }

    [GeneratedRegex("^data_[0-9]+$")]
    private static partial Regex NumberedName();
}
