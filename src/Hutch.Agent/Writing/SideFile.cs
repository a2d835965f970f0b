using System.Security.Cryptography;
using Hutch.Agent.Blocks;
using Hutch.Agent.Rules;

namespace Hutch.Agent.Writing;

/// <summary>Files of the agent's own: the block if it cannot be in the metadata file, and the invite.</summary>
public static class SideFile
{
    /// <summary>The name of the file with the invite, which only its owner can read.</summary>
    public const string Invite = FolderRule.OwnPrefix + "invite";

    private const int Public = 0x1A4; // 0644: the block holds nothing that the metadata file would not show
    private const int OwnerOnly = 0x180; // 0600

    /// <summary>Writes a block as a file, or replaces it; durable on return.</summary>
    public static void Write(IMetadataFolder folder, string name, string block, IReadOnlyList<BlockValue> values)
    {
        if (!TryReplace(folder, name, TextOf(block, values), Public))
        {
            throw new IOException($"Cannot write '{Path.Combine(folder.Path, name)}': the file system lets others write it.");
        }
    }

    /// <summary>Writes a block as a new file, durable on return; false if there is a file of that name.</summary>
    public static bool TryMake(IMetadataFolder folder, string name, string block, IReadOnlyList<BlockValue> values)
    {
        string draft = Draft.NameOf(name);
        folder.Delete(draft);
        bool isMade = folder.TryMake(draft, Encoding.UTF8.GetBytes(TextOf(block, values)), Public) && folder.TryRenameNew(draft, name);
        if (!isMade)
        {
            folder.Delete(draft);
        }

        folder.Sync();
        return isMade;
    }

    /// <summary>Writes the invite, or replaces it; durable on return. Refused where others than its owner could read it.</summary>
    public static Result<Done> WriteInvite(IMetadataFolder folder, string invite) => TryReplace(folder, Invite, invite + "\n", OwnerOnly)
        ? Done.Value
        : ErrorCode.Forbidden.With(
            $"the invite is not written: on this file system others could read '{Invite}' in {Display.Quote(folder.Path)}. Mount it so "
            + "that files keep their modes, or so that files are for their owner only.");

    /// <summary>The name of the file next to a metadata file that cannot be edited.</summary>
    public static string NameBeside(string metadataFile) => FolderRule.OwnPrefix + metadataFile;

    /// <summary>The name of the file for a folder in the side folder: readable, and different for each path.</summary>
    public static string NameFor(string folder)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..12];
        IEnumerable<char> name = Path.GetFileName(folder).Take(100);
        string readable = new([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_')]);
        return $"{readable}-{hash}.yml";
    }

    private static string TextOf(string block, IReadOnlyList<BlockValue> values) =>
        BlockText.Block(block, values.Where(value => value.Value is not null), "", "\n");

    private static bool TryReplace(IMetadataFolder folder, string name, string text, int mode)
    {
        string draft = Draft.NameOf(name);
        folder.Delete(draft);
        if (!folder.TryMake(draft, Encoding.UTF8.GetBytes(text), mode))
        {
            return false;
        }

        folder.Replace(draft, name);
        folder.Sync();
        return true;
    }
}
