using System.Text.RegularExpressions;
using Hutch.Formats.Frames;
using Hutch.Formats.Native;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Reads everything but the images of an NXmx entry as a JSON tree: groups are objects, data sets are values, an attribute of a group is
/// <c>@name</c>, one of a data set <c>dataset@name</c>. Large arrays are named apart.
/// </summary>
/// <param name="isLive">True to leave out a mask that is still being written.</param>
internal sealed partial class MetadataReader(Hdf5Files files, bool isLive)
{
    /// <summary>The name of the array of the pixels that are no good.</summary>
    public const string Mask = "pixel_mask";

    private const int MaxDepth = 12;
    private const int MaxObjects = 20_000;
    private const int MaxInlineValues = 20_000;

    // An axis has a value for each image.
    private const int MaxValuesOfList = 1_000_000;
    private const int MaxValuesOfLists = 2_000_000;
    private const int MaxAttributeValues = 256;
    private const int MaxLinksInGroup = 100_000;
    private const int MaxNameBytes = 1024;
    private const int MaxNamed = 5;

    private readonly List<SeriesArray> _arrays = [];
    private readonly List<string> _notes = [];
    private readonly List<string> _unreadable = [];
    private int _objects;
    private int _listed;

    /// <summary>Notes about masks and values that are not read.</summary>
    public IEnumerable<string> Notes => _unreadable.Count == 0 ? _notes : _notes.Append(
        $"Values that cannot be read are left out: {string.Join(", ", _unreadable.Take(MaxNamed))}"
        + (_unreadable.Count > MaxNamed ? $", and {_unreadable.Count - MaxNamed} more." : "."));

    /// <summary>Arrays that are too large for the tree, such as masks.</summary>
    public IReadOnlyList<SeriesArray> Arrays => _arrays;

    public JsonObject Read(string masterPath, string entryPath)
    {
        using Hdf5Object entry = files.Open(masterPath, entryPath)
            ?? throw Unreadable.File($"{Path.GetFileName(masterPath)} has no group {entryPath}.", masterPath);
        return ReadGroup(entry, 0);
    }

    private JsonObject ReadGroup(Hdf5Object group, int depth)
    {
        var node = new JsonObject();
        ReadAttributes(group, node, "");
        if (depth >= MaxDepth)
        {
            return node;
        }

        foreach (string name in files.Links(group, MaxLinksInGroup))
        {
            // Numbered links lead to the data files: not opened one by one for their attributes.
            if (!NumberedFrames().IsMatch(name) && ++_objects <= MaxObjects)
            {
                ReadMember(group, name, node, depth);
            }
        }

        return node;
    }

    private void ReadMember(Hdf5Object group, string name, JsonObject node, int depth)
    {
        try
        {
            using Hdf5Object? member = files.Open(group.FilePath, group.Path + "/" + name);
            switch (member?.Kind)
            {
                case Hdf5ObjectKind.Group:
                    node[name] = ReadGroup(member, depth + 1);
                    break;
                case Hdf5ObjectKind.Dataset when name != "data":
                    ReadDataset(member, name, node);
                    break;
                default:
                    break;
            }
        }
        catch (Exception e) when (e is MissingFileException or HutchException or Hdf5Exception)
        {
            // A value that cannot be read does not make the images unreadable; the header says which it was.
            node[name + "@unreadable"] = Words(e, group);
            _unreadable.Add($"{group.Path.TrimEnd('/')}/{name}");
        }
    }

    private void ReadDataset(Hdf5Object item, string name, JsonObject node)
    {
        Hdf5Dataset dataset = Hdf5Dataset.Describe(item);
        if (name == Mask)
        {
            ReadMask(item, name);
            return;
        }

        if (dataset.Layout == Hdf5Layout.Virtual)
        {
            ReadVirtual(item, name, node);
            return;
        }

        bool isStored = !dataset.HasExternalStorage;
        bool isList = isStored && IsList(dataset.Shape);
        if (isStored && dataset.Count > MaxInlineValues && !isList)
        {
            if (ArrayOf(item, dataset, dataset.Shape, name) is { } array)
            {
                _arrays.Add(array);
            }

            return;
        }

        Take(Hdf5Values.ReadDataset(item, isList ? MaxValuesOfList : MaxInlineValues), item, name, node, isList ? dataset.Count : 0);
    }

    /// <summary>Reads the values of a virtual data set, such as an angle for each image. Images have other readers.</summary>
    private void ReadVirtual(Hdf5Object item, string name, JsonObject node)
    {
        // The library would open the sources to find out the length of an array without end.
        if (VirtualMapping.TryReadAll(item) is null || Hdf5Dataset.ReadShape(item) is var shape && !IsList(shape))
        {
            return;
        }

        var parts = new VirtualArray(files);
        _ = parts.Check(item);
        if (parts.Missing.Count > 0)
        {
            throw Unreadable.File($"{item.Name} is made of {Named(parts.Missing)}, which cannot be found.", item.FilePath);
        }

        Take(Hdf5Values.ReadVirtual(item, shape, parts), item, name, node, CountOf(shape));
    }

    private static ulong CountOf(ulong[] shape) => shape.Aggregate(1UL, static (product, length) => checked(product * length));

    private static string Named(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(MaxNamed)) + (names.Count > MaxNamed ? " and others" : "");

    private bool IsList(ulong[] shape) =>
        shape.Length == 1 && shape[0] <= (ulong)Math.Min(MaxValuesOfList, MaxValuesOfLists - _listed);

    private void Take(JsonNode? value, Hdf5Object item, string name, JsonObject node, ulong listed)
    {
        if (value is not null)
        {
            _listed += (int)listed;
            node[name] = value;
            ReadAttributes(item, node, name);
        }
    }

    /// <summary>
    /// Records the location of a mask in any stored form, or a note if the mask cannot be applied: bad pixels must not count as good
    /// without notice.
    /// </summary>
    private void ReadMask(Hdf5Object item, string name)
    {
        string why;
        try
        {
            Hdf5Dataset dataset = Hdf5Dataset.Describe(item);
            var parts = new VirtualArray(files);
            ulong[] shape = dataset.Layout == Hdf5Layout.Virtual ? parts.Check(item) : dataset.Shape;
            string missing = Named(parts.Missing);
            if (parts.Missing.Count > 0 && (isLive || !parts.IsAnyThere))
            {
                why = $"it is made of {missing}, which cannot be found";
            }
            else if (ArrayOf(item, dataset, shape, name) is { } array)
            {
                _arrays.Add(array);
                if (parts.Missing.Count > 0)
                {
                    _notes.Add($"{item.Path} of {Path.GetFileName(item.FilePath)} is applied in part: {missing} cannot be found.");
                }

                return;
            }
            else
            {
                why = shape.Length == 3 ? $"it has a mask for each of {shape[0]} images" : "it is no array of whole numbers";
            }
        }
        catch (Exception e) when (e is MissingFileException or HutchException or Hdf5Exception)
        {
            why = Words(e, item);
        }

        _notes.Add($"{item.Path} of {Path.GetFileName(item.FilePath)} is not applied: {why.TrimEnd('.')}.");
    }

    /// <summary>A failure in words for users. The messages of the library name its functions.</summary>
    private static string Words(Exception e, Hdf5Object item) =>
        e is Hdf5Exception failure ? Unreadable.FromLibrary(failure.Reason, item.FilePath).Message : e.Message;

    /// <summary>Describes an array of rows and columns; null for another one. Lengths of 1 before them do not count.</summary>
    private static SeriesArray? ArrayOf(Hdf5Object item, Hdf5Dataset dataset, ulong[] shape, string name) =>
        ArrayReader.HasRowsAndColumns(shape) && !dataset.HasExternalStorage && dataset.NumberType is { } type
        && CountOf(shape) is > 0 and var count && count < int.MaxValue / (ulong)type.Size()
            ? new SeriesArray(name, item.FilePath, item.Path, type, [(int)shape[^2], (int)shape[^1]])
            : null;

    private static unsafe void ReadAttributes(Hdf5Object item, JsonObject node, string prefix)
    {
        byte* nameBytes = stackalloc byte[MaxNameBytes];
        int count = Hdf5Library.H5Aget_num_attrs(item.Id);
        for (int i = 0; i < count; i++)
        {
            using Hdf5Id attribute = Hdf5Library.Check(
                Hdf5Library.H5Aopen_by_idx(item.Id, ".", 0, 0, (ulong)i, Hdf5Id.Default, Hdf5Id.Default));
            if (Hdf5Library.H5Aget_name(attribute, MaxNameBytes, nameBytes) < MaxNameBytes
                && Hdf5Values.ReadAttribute(attribute, MaxAttributeValues) is { } value)
            {
                node[$"{prefix}@{Marshal.PtrToStringUTF8((nint)nameBytes)}"] = value;
            }
        }
    }

    [GeneratedRegex("^data_[0-9]+$")]
    private static partial Regex NumberedFrames();
}
