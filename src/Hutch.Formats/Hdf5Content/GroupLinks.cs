using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Lists the links of a group, or of all groups below it. Each group is visited once.</summary>
internal sealed unsafe class GroupLinks
{
    // H5_INDEX_NAME, H5_ITER_INC
    private const int ByName = 0;
    private const int Increasing = 0;
    private const int Stop = -1;

    private readonly List<(string Name, Hdf5LinkInfo Link)> _found = [];
    private readonly int _limit;

    private GroupLinks(int limit) => _limit = limit;

    /// <summary>The links in a group, in the order of their names.</summary>
    public static IReadOnlyList<(string Name, Hdf5LinkInfo Link)> In(Hdf5Id group, int limit) =>
        Collect(limit, data => Hdf5Library.IterateLinks(group, ByName, Increasing, null, &Add, data));

    /// <summary>The paths of all links below a group. Groups behind links that are not hard are left out.</summary>
    public static IReadOnlyList<(string Name, Hdf5LinkInfo Link)> Below(Hdf5Id group, int limit) =>
        Collect(limit, data => Hdf5Library.VisitLinks(group, ByName, Increasing, &Add, data));

    private static List<(string Name, Hdf5LinkInfo Link)> Collect(int limit, Func<nint, int> iterate)
    {
        var links = new GroupLinks(limit);
        GCHandle handle = GCHandle.Alloc(links);
        try
        {
            int status = iterate(GCHandle.ToIntPtr(handle));
            if (links._found.Count > limit)
            {
                throw ErrorCode.TooLarge.With($"There are more than {limit} members; so many are not listed.").ToException();
            }

            Hdf5Library.Check(status);
            return links._found;
        }
        finally
        {
            handle.Free();
        }
    }

    [UnmanagedCallersOnly]
    private static int Add(nint group, byte* name, Hdf5LinkInfo* link, nint data)
    {
        var links = (GroupLinks)GCHandle.FromIntPtr(data).Target!;
        links._found.Add((Marshal.PtrToStringUTF8((nint)name)!, *link));
        return links._found.Count > links._limit ? Stop : 0;
    }
}
