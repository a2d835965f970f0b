using Hutch.Formats.Native;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Hdf5Content;

/// <summary>The groups and data sets of an HDF5 file, as Zarr has them.</summary>
internal sealed class Hdf5Zarr(Hdf5Id file, ContentRequest request) : IZarrTree
{
    private const int MaxLinks = 100_000;

    private readonly HashSet<ulong> _seen = [];

    public ZarrNode? Find(string path)
    {
        ContentObject? found = OpenObject(path);
        try
        {
            ZarrNode? node = found is null ? null : Describe(found);
            found = node is null ? found : null;
            return node;
        }
        finally
        {
            found?.Dispose();
        }
    }

    public IEnumerable<(string Path, bool IsLookedInto)> In(string path)
    {
        using ContentObject group = ContentObject.Open(file, path, LinkResolution.OnlyValid);
        string root = path.TrimEnd('/') + "/";
        return
        [
            .. GroupLinks.In(group.Must(), MaxLinks).Select(
                member => (root + member.Name, member.Link.Type == Hdf5LinkType.Hard && _seen.Add(member.Link.AddressOrValueBytes))),
        ];
    }

    private ZarrNode? Describe(ContentObject item) => item.Kind switch
    {
        Hdf5ObjectKind.Group => new ZarrNode(null, json => AttributeDocument.WriteReadable(json, item, request), item),
        Hdf5ObjectKind.Dataset when Hdf5ZarrArray.TryOpen(item, request) is { } array => new ZarrNode(array, array.WriteAttributes, array),
        _ => null,
    };

    private ContentObject? OpenObject(string path)
    {
        try
        {
            return ContentObject.Open(file, path, LinkResolution.OnlyValid);
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
        {
            return null;
        }
    }
}
