using Hutch.Cluster.Bytes.Packing;
using Hutch.Storage.Packs;

namespace Hutch.Cluster.Backups;

/// <summary>A sealed segment that a backup writes: under another name until it is complete, durable and read again.</summary>
internal sealed class SegmentCopy : IDisposable
{
    private readonly IDisk _disk;
    private readonly string _path;
    private readonly string _name;
    private readonly PackFile _file;
    private readonly PackWriter _writer;
    private readonly List<long> _groups = [];

    /// <param name="path">The path of the segment, given its file name.</param>
    public SegmentCopy(IDisk disk, Func<string, string> path, PackIdentity identity)
    {
        (_disk, _name) = (disk, Bytes.ObjectNames.FileOf(identity.Number, identity.Lane));
        _path = path(_name);
        _file = PackFile.CreateAt(disk, UnfinishedOf(_path));
        _writer = new PackWriter(_file.File, identity, inPassing: true);
    }

    public long Length => _writer.Length;

    public int Groups => _groups.Count;

    public static string UnfinishedOf(string path) => path + ".unfinished";

    public void Append(LogGroup group) => _groups.Add(_writer.Append(group));

    /// <summary>Ends the segment. On return it has its name, and every group was read again.</summary>
    public CopiedSegment Finish(bool isOpen)
    {
        _writer.Seal();
        _file.File.Sync();
        var reader = new PackReader(_file.File, _writer.Length);
        try
        {
            _groups.ForEach(offset => reader.ReadGroup(offset));
        }
        catch (QuarantinedException e)
        {
            throw new IOException($"'{_path}' differs from what was written: its disk is not reliable.", e);
        }

        _disk.Rename(UnfinishedOf(_path), _path);
        return new CopiedSegment(_path, _name, _writer.Length, isOpen, []);
    }

    public void Dispose() => _file.Dispose();
}
