using Hutch.Agent.Watching;
using Hutch.Disk.Folders;
using Hutch.Formats.SevenZip;
using Hutch.Model.Annex;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Agent.Adopting;

/// <summary>
/// The archive of a dataset's keys, as <c>datalad export-archive-ora</c> makes it. Only keys that are stored uncompressed are read.
/// </summary>
internal sealed class StoreArchive(AdoptedFolder adopted)
{
    private readonly string _path = Path.Combine(adopted.Repository, RiaLayout.ArchiveFile);

    public bool IsThere => SmallFile.FileExists(_path);

    /// <summary>Lists the keys. Returns false if the archive cannot be read now, so that its keys are unknown.</summary>
    /// <param name="add">Takes the name of a key, its path and its stamp.</param>
    public bool TryList(Action<string, string, FileStamp> add, OmissionCounter omissions)
    {
        try
        {
            using FolderHandle folder = FolderHandle.OpenWithoutLinks(Path.GetDirectoryName(_path)!);
            string name = Path.GetFileName(_path);
            using SafeFileHandle? file = folder.TryOpenFile(name);
            if (file is null)
            {
                omissions.Add("archive of keys that is a link or no file", 1, _path);
                return true;
            }

            MountKind mount = MountKind.From(folder.Path);
            FileStamp before = mount.Stamp(FolderHandle.Status(file));
            SevenZipArchive archive = SevenZipArchive.Read(file);
            if (mount.Stamp(FolderHandle.Status(file)) != before)
            {
                omissions.Add("archive of keys that is being written", 1, _path);
                return false;
            }

            foreach (SevenZipMember member in archive.Members())
            {
                Add(member, before, add, omissions);
            }

            return true;
        }
        catch (HutchException e)
        {
            omissions.Add("archive of keys that cannot be read", 1, $"{_path} ({e.Error.Message})");
            return e.Error.Code == ErrorCode.UnreadableFile; // otherwise this machine cannot: a library is missing
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            omissions.Add(OmissionCounter.ReasonOf(ScanFault.Unreadable), 1, _path);
            return false;
        }
    }

    private void Add(SevenZipMember member, FileStamp stamp, Action<string, string, FileStamp> add, OmissionCounter omissions)
    {
        if (member.Path.Split('/') is not [_, _, var folder, var key] || folder != key)
        {
            omissions.Add("file in an archive that is not a key of git-annex", 1, $"{_path}/{member.Path}");
        }
        else if (member.Offset is not { } offset)
        {
            omissions.Add("packed key in an archive (`hutch import-ria` unpacks it)", 1, $"{_path}/{member.Path}");
        }
        else
        {
            add(key, new ArchivedKey(offset, key).Path, stamp with { Size = member.Size });
        }
    }
}
