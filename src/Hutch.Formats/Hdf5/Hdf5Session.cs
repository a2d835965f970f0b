using System.Text.RegularExpressions;
using Hutch.Disk;
using Hutch.Formats.Frames;
using Hutch.Formats.Native;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Hdf5;

/// <summary>One open master file, inside the reader process. One caller at a time.</summary>
internal sealed unsafe partial class Hdf5Session : IDisposable
{
    private const int PackingSlackBytes = 1 << 16;
    private const int MaxRootMembers = 10_000;

    private readonly Hdf5Files _files;
    private readonly FrameTable _table;
    private readonly IReadOnlyList<FrameStore> _stores;
    private Hdf5Object? _current;
    private int _currentStore = -1;

    private Hdf5Session(Hdf5Files files, FrameTable table, IReadOnlyList<FrameStore> stores, SeriesDescription description)
    {
        _files = files;
        _table = table;
        _stores = stores;
        Description = description;
    }

    public SeriesDescription Description { get; }

    /// <param name="extraRoots">Folders, in addition to its own, that its links may lead to.</param>
    /// <param name="isLive">True to leave out missing parts and to allow files with a writer.</param>
    /// <exception cref="HutchException">It cannot be read; the message says why.</exception>
    /// <exception cref="MissingFileException">A required data file is missing.</exception>
    public static Hdf5Session Open(string path, IEnumerable<string> extraRoots, bool isLive)
    {
        string real = RealPath.Resolve(path) ?? throw ErrorCode.NotFound.With(
            $"The file {path} does not exist.", "file", path).ToException();
        var files = new Hdf5Files(new Hdf5Paths(path, extraRoots.Append(Path.GetDirectoryName(real)!)), isLive);
        try
        {
            string entryPath = FindEntry(files, real);
            var metadata = new MetadataReader(files, isLive);
            JsonObject nexus = metadata.Read(real, entryPath);
            var locator = new FrameLocator(files, isLive);
            var groups = new NexusGroups(nexus);
            FrameTable table = locator.Locate(real, $"{entryPath}/{groups.Data}", SignalOf(nexus, groups), ExpectedImages(groups));
            SeriesDescription series = Describe(real, entryPath, nexus, groups, metadata.Arrays, locator.Stores, table);
            IEnumerable<string> notes = SeriesNotes.Find(series, path, OtherEntries(files, real, entryPath));
            series = series with
            {
                Notes =
                [
                    .. notes, .. locator.Notes, .. metadata.Notes, .. UnlikeMasks(series, metadata.Arrays), .. EndOfPlaces(series, table),
                ],
                IsGrowing = files.IsBeingWritten || locator.IsIncomplete,
            };
            return new Hdf5Session(files, table, locator.Stores, series);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    /// <summary>Reads the stored bytes of a frame into <paramref name="buffer"/>, which grows as needed.</summary>
    /// <returns>The length, or −1 when the frame was never written; and how to decode it.</returns>
    public (int Length, FrameCodec Codec, uint FilterMask) ReadFrame(int image, int channel, ref byte[] buffer)
    {
        FrameLocation location = _table[image, channel];
        if (location.Store < 0)
        {
            return (-1, Description.Codec, 0);
        }

        FrameStore store = _stores[location.Store];
        Hdf5Object data = OpenStore(location.Store);
        ulong* offset = stackalloc ulong[4] { location.Image, location.Channel, 0, 0 };
        return store.IsChunked ? ReadChunk(store, data, offset, ref buffer) : (ReadRows(store, data, offset, ref buffer), store.Codec, 0);
    }

    public byte[] ReadArray(SeriesArray array)
    {
        SeriesArray known = Description.Arrays.FirstOrDefault(a => a.File == array.File && a.Path == array.Path)
            ?? throw ErrorCode.NotFound.With($"The master has no array {array.Path}.").ToException();
        using Hdf5Object item = _files.Open(known.File, known.Path)
            ?? throw ErrorCode.NotFound.With($"The master no longer has an array {array.Path}.").ToException();
        return ArrayReader.Read(_files, item, known);
    }

    public void Dispose()
    {
        _current?.Dispose();
        _files.Dispose();
    }

    private static string FindEntry(Hdf5Files files, string path)
    {
        List<string> names = Members(files, path);
        return names.Contains("entry") ? "/entry"
            : names.Count == 1 ? "/" + names[0]
            : "/" + (names.Find(name => IsEntry(files, path, name)) ?? "entry");
    }

    private static string[] OtherEntries(Hdf5Files files, string path, string entryPath) =>
        [.. Members(files, path).Where(name => "/" + name != entryPath && IsEntry(files, path, name))];

    private static List<string> Members(Hdf5Files files, string path)
    {
        using Hdf5Object root = files.Open(path, "/")!;
        return files.Links(root, MaxRootMembers);
    }

    private static bool IsEntry(Hdf5Files files, string path, string name)
    {
        const string Class = "NX_class";
        try
        {
            using Hdf5Object? member = files.Open(path, "/" + name);
            if (member is null || Hdf5Library.H5Aexists(member.Id, Class) <= 0)
            {
                return false;
            }

            using Hdf5Id attribute = Hdf5Library.Check(Hdf5Library.H5Aopen(member.Id, Class, Hdf5Id.Default));
            return NexusTree.Text(Hdf5Values.ReadAttribute(attribute, 1)) == "NXentry";
        }
        catch (Exception e) when (e is MissingFileException or HutchException or Hdf5Exception)
        {
            return false; // a link to somewhere else; whatever is there, it is not the entry of this file
        }
    }

    private static string SignalOf(JsonObject nexus, NexusGroups groups) =>
        NexusTree.Text((nexus.At(groups.Data) as JsonObject)?["@signal"]) is { Length: > 0 } signal ? signal : "data";

    private static long ExpectedImages(NexusGroups groups)
    {
        JsonObject? specific = groups.DetectorSpecific;
        return NexusTree.Integer(specific?["nimages"]) is { } images
            ? images * (NexusTree.Integer(specific?["ntrigger"]) ?? 1)
            : 0;
    }

    private static SeriesDescription Describe(
        string path,
        string entryPath,
        JsonObject nexus,
        NexusGroups groups,
        IReadOnlyList<SeriesArray> arrays,
        IReadOnlyList<FrameStore> stores,
        FrameTable table)
    {
        if (stores.Count == 0)
        {
            throw Unreadable.File($"{Path.GetFileName(path)} holds no images.", path);
        }

        if (table.Channels > 1 && groups.ModulesApart == table.Channels)
        {
            throw Unreadable.File(
                $"{Path.GetFileName(path)} stores the {table.Channels} modules of its detector apart, in data of four axes, "
                + "which is not supported.",
                path,
                "Put each image together, for instance with a virtual data set.");
        }

        return new SeriesDescription
        {
            Master = Path.GetFileName(path),
            Images = PresentImages(table),
            FirstImage = table.First is > 0 and { } first ? first : 1,
            ExpectedImages = ExpectedImages(groups),
            Channels = ChannelNames(nexus, groups, table.Channels),
            Rows = stores[0].Rows,
            Columns = stores[0].Columns,
            Type = stores[0].Type,
            Codec = stores[0].Codec,
            EntryPath = entryPath,
            Nexus = nexus,
            Arrays =
            [
                .. arrays.Where(array =>
                    !IsUnlikeMask(array, stores[0].Rows, stores[0].Columns) && !stores.Any(store => store.Path == array.Path)),
            ],
        };
    }

    private static bool IsUnlikeMask(SeriesArray array, int rows, int columns) =>
        array.Name == MetadataReader.Mask && !array.Shape.SequenceEqual([rows, columns]);

    private static IEnumerable<string> UnlikeMasks(SeriesDescription series, IEnumerable<SeriesArray> arrays) =>
        arrays.Where(array => IsUnlikeMask(array, series.Rows, series.Columns))
            .Select(array => $"{array.Path} of {series.Master} is not applied: it has {string.Join(" x ", array.Shape)} pixels, the images "
                + $"{series.Rows} x {series.Columns}.");

    private static IEnumerable<string> EndOfPlaces(SeriesDescription series, FrameTable table)
    {
        if (series.ExpectedImages == 0 && table.Images > series.Images)
        {
            int last = series.Images + series.FirstImage - 1;
            yield return $"{series.Master} has places for {table.Images} images; it ends with image {last}.";
        }
    }

    // Channels become folders of the dataset: a name that cannot be one is replaced.
    private static string[] ChannelNames(JsonObject nexus, NexusGroups groups, int count)
    {
        if (nexus.At(groups.Data + "/channel") is JsonArray list && list.Count == count)
        {
            string[] names = list.Select(static name => NexusTree.Text(name) ?? "").ToArray();
            if (names.Distinct(StringComparer.Ordinal).Count() == count
                && Array.TrueForAll(names, static name => FolderName().IsMatch(name)))
            {
                return names;
            }
        }

        return count == 1 ? [""] : Enumerable.Range(1, count).Select(static n => $"channel_{n}").ToArray();
    }

    // A virtual data set may be as long as was planned, and the series shorter.
    private static int PresentImages(FrameTable table)
    {
        for (int image = table.Images - 1; image >= 0; image--)
        {
            for (int channel = 0; channel < table.Channels; channel++)
            {
                if (table[image, channel].Store >= 0)
                {
                    return image + 1;
                }
            }
        }

        return 0;
    }

    private Hdf5Object OpenStore(int index)
    {
        if (_current is null || _currentStore != index)
        {
            _current?.Dispose();
            _current = null;
            FrameStore store = _stores[index];
            _current = _files.Open(store.FilePath, store.Path)
                ?? throw Unreadable.File($"{store.FilePath} changed while it was being read.", store.FilePath);
            _currentStore = index;
        }

        return _current;
    }

    private static (int Length, FrameCodec Codec, uint FilterMask) ReadChunk(
        FrameStore store, Hdf5Object data, ulong* offset, ref byte[] buffer)
    {
        uint mask = 0;
        ulong address = 0;
        ulong bytes = 0;
        Hdf5Library.Check(Hdf5Library.H5Dget_chunk_info_by_coord(data.Id, offset, &mask, &address, &bytes));
        if (bytes == 0)
        {
            return (-1, store.Codec, 0);
        }

        if (bytes > ((ulong)store.ImageBytes * 2) + PackingSlackBytes)
        {
            throw Unreadable.File(
                $"{data.Name} has a chunk of {bytes} bytes for an image of {store.ImageBytes}: the file is damaged.", data.FilePath);
        }

        Grow(ref buffer, (int)bytes);
        fixed (byte* target = buffer)
        {
            Hdf5Library.Check(Hdf5Library.H5Dread_chunk(data.Id, Hdf5Id.Default, offset, &mask, target));
        }

        return ((int)bytes, store.Codec, mask);
    }

    private static int ReadRows(FrameStore store, Hdf5Object data, ulong* start, ref byte[] buffer)
    {
        ulong* count = stackalloc ulong[4] { 1, 1, 1, 1 };
        count[store.Rank - 2] = (ulong)store.Rows;
        count[store.Rank - 1] = (ulong)store.Columns;
        using Hdf5Id file = Hdf5Library.Check(Hdf5Library.H5Dget_space(data.Id));
        Hdf5Library.Check(Hdf5Library.H5Sselect_hyperslab(file, 0, start, null, count, null));
        using Hdf5Id memory = Hdf5Library.Check(Hdf5Library.H5Screate_simple(store.Rank, count, null));
        using Hdf5Id type = Hdf5Library.Check(Hdf5Library.H5Dget_type(data.Id));
        Grow(ref buffer, store.ImageBytes);
        fixed (byte* target = buffer)
        {
            Hdf5Library.Check(Hdf5Library.H5Dread(data.Id, type, memory, file, Hdf5Id.Default, target));
        }

        return store.ImageBytes;
    }

    private static void Grow(ref byte[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<byte>(length);
        }
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
    private static partial Regex FolderName();
}
