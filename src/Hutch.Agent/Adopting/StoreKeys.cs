using Hutch.Model.Annex;

namespace Hutch.Agent.Adopting;

/// <summary>The keys of git-annex among the files below <c>annex/objects</c>, whichever way their directories are spelt.</summary>
internal static class StoreKeys
{
    private const int Levels = 4;

    /// <summary>Returns the key that a file is, or why it is none.</summary>
    public static (KeyName? Key, string? Reason) Read(in FolderChange file)
    {
        string[] names = file.Path.Value.Split('/');
        if (file.Entry is not { Kind: EntryKind.File })
        {
            return (null, "symbolic link among the keys");
        }

        if (names.Length != Levels || names[^1] != names[^2] || KeyName.Parse(names[^1]) is not { } key)
        {
            return (null, "not a key of git-annex");
        }

        return KeyDigest.FindRefusal(key) is not null ? (null, "key without a digest that its bytes can be compared with")
            : key.Size is { } size && size != file.Stamp.Size ? (null, "other size than its key says")
            : (key, null);
    }
}
