using System.Text.RegularExpressions;
using Hutch.Formats.Frames;
using Hutch.Formats.Native;
using Hutch.Formats.NxMx;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Reads everything but the images of an NXmx entry as a JSON tree: groups are objects, data sets are values, an attribute of a group is
/// <c>@name</c>, one of a data set <c>dataset@name</c>. Large arrays are named apart.
/// </summary>
internal sealed partial class MetadataReader(Hdf5Files files)
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

    private readonly List<SeriesArray> _arrays = [];
    private readonly List<string> _notes = [];
    private int _objects;
    private int _listed;

    /// <summary>Notes about masks that are not read.</summary>
    public IReadOnlyList<string> Notes => _notes;

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
            node[name + "@unreadable"] = e.Message;
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

        bool isStored = dataset is { Layout: not Hdf5Layout.Virtual, HasExternalStorage: false };
        int most = Math.Min(MaxValuesOfList, MaxValuesOfLists - _listed);
        bool isList = isStored && dataset.Shape.Length == 1 && dataset.Count <= (ulong)most;
        if (isStored && dataset.Count > MaxInlineValues && !isList)
        {
            if (ArrayOf(item, dataset, name) is { } array)
            {
                _arrays.Add(array);
            }

            return;
        }

        if (Hdf5Values.ReadDataset(item, isList ? MaxValuesOfList : MaxInlineValues) is { } value)
        {
            _listed += isList ? (int)dataset.Count : 0;
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
            using Hdf5Object? whole = WholeArray.Open(files, item);
            Hdf5Dataset dataset = Hdf5Dataset.Describe(whole ?? item);
            if (ArrayOf(item, dataset, name) is { } array)
            {
                _arrays.Add(array);
                return;
            }

            why = dataset.Shape.Length == 3 ? $"it has a mask for each of {dataset.Shape[0]} images" : "it is no array of whole numbers";
        }
        catch (Exception e) when (e is MissingFileException or HutchException or Hdf5Exception)
        {
            why = e.Message.TrimEnd('.');
        }

        _notes.Add($"{item.Path} of {Path.GetFileName(item.FilePath)} is not applied: {why}.");
    }

    /// <summary>Describes an array of rows and columns; null for another one. Lengths of 1 before them do not count.</summary>
    private static SeriesArray? ArrayOf(Hdf5Object item, Hdf5Dataset dataset, string name) =>
        dataset.Shape is [.. var leading, var rows, var columns] && leading.All(static length => length == 1) && leading.Length <= 2
        && !dataset.HasExternalStorage && dataset.NumberType is { } type
        && dataset.Count is > 0 and var count && count < int.MaxValue / (ulong)type.Size()
            ? new SeriesArray(name, item.FilePath, item.Path, type, [(int)rows, (int)columns])
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
