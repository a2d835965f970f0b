using Hutch.Agent.Rules;

namespace Hutch.Agent.Writing;

/// <summary>
/// Says in a folder which installation publishes it, so that two agents on one tree never make two datasets of one folder. The first
/// claims it for good: see docs/decisions/0153-agent-and-claims.md.
/// </summary>
/// <param name="url">Where people reach it, for the message to others.</param>
internal sealed class FolderClaim(string zone, Uri url)
{
    public const string InstallationDetail = "installation";

    public const string FileName = FolderRule.OwnPrefix + "agent";

    private const int MaxBytes = 4096;
    private const int Mode = 0x1A4; // 0644

    private static readonly string DraftName = Draft.NameOf("agent");

    /// <summary>The id that this installation had before it joined a zone as a site, and has claimed folders with; null for none.</summary>
    public string? FormerZone { get; init; }

    /// <summary>Claims a folder, unless another installation has; the same again changes nothing.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public Result<Done> Acquire(IMetadataFolder folder)
    {
        if (Owner(folder) is null)
        {
            folder.Delete(DraftName);
            folder.TryMake(DraftName, Encoding.UTF8.GetBytes($"{zone}\n{url}\n"), Mode);
            if (folder.TryRenameNew(DraftName, FileName))
            {
                folder.Sync();
            }
            else
            {
                folder.Delete(DraftName);
            }
        }

        return Owner(folder) switch
        {
            [var owner, ..] when IsThis(owner) => Done.Value,
            [var owner, var other, ..] => ErrorCode.Conflict.With(
                $"{Display.Quote(folder.Path)} is published by another Hutch server ({Display.Quote(other)}). "
                + $"To publish it here instead, stop that server's agent for this folder and remove '{FileName}'.",
                InstallationDetail,
                owner),
            _ => ErrorCode.Conflict.With(
                $"'{FileName}' in {Display.Quote(folder.Path)} is not what a Hutch server writes, so it is unknown which one publishes "
                + "this folder. If no other does, remove it."),
        };
    }

    public bool IsOwn(IMetadataFolder folder) => Owner(folder) is [var owner, ..] && IsThis(owner);

    /// <summary>Returns true if another installation publishes a folder, so that this one writes nothing there.</summary>
    public bool IsOfAnother(IMetadataFolder folder) => Owner(folder) is [var owner, ..] && !IsThis(owner);

    private bool IsThis(string owner) => owner == zone || owner == FormerZone;

    /// <summary>The lines of the claim; null without one, or when the file of its name is no claim.</summary>
    private static string[]? Owner(IMetadataFolder folder) => folder.Read(FileName, MaxBytes) is { Length: <= MaxBytes } bytes
        ? Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : null;
}
