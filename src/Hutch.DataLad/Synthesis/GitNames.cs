namespace Hutch.DataLad.Synthesis;

/// <summary>
/// Names that no git tree may have: <c>.git</c> and <c>.gitmodules</c>, in every spelling that some file system takes for them (git's
/// fsck: hasDotgit, gitmodules). A clone with one of them could run code of others, so that git refuses it as a whole.
/// </summary>
internal static class GitNames
{
    private const string ShortGit = "git~1";
    private const string ShortModules = "gitmod~";
    private const int ShortLength = 8;

    /// <summary>The NTFS short name of a second file with such a name, if the first letters are taken.</summary>
    private const string HashedModules = "gi7eba";

    /// <summary>Characters that HFS+ passes over in a name.</summary>
    private static readonly System.Buffers.SearchValues<char> Ignored = System.Buffers.SearchValues.Create(
        "\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u206a\u206b\u206c\u206d\u206e\u206f\ufeff");

    /// <summary>Returns true if a git tree may have one part of a path as a name.</summary>
    public static bool IsAllowed(string name)
    {
        string seen = name.AsSpan().ContainsAny(Ignored) ? string.Concat(name.Where(static c => !Ignored.Contains(c))) : name;
        return seen.Contains('\\', StringComparison.Ordinal) ? seen.Split('\\').All(IsAllowedPart) : IsAllowedPart(seen);
    }

    private static bool IsAllowedPart(string part)
    {
        // What NTFS reads of it: nothing from a colon on, and no dots and spaces at the end.
        int colon = part.IndexOf(':', StringComparison.Ordinal);
        string name = (colon < 0 ? part : part[..colon]).TrimEnd(' ', '.').ToLowerInvariant();
        return name is not (".git" or ShortGit or ".gitmodules") && !IsShortModules(name);
    }

    /// <summary>Returns true for <c>gitmod~1</c>, or its substitute if that is taken: letters, a tilde, a number, 8 characters.</summary>
    private static bool IsShortModules(string name)
    {
        if (name.Length != ShortLength)
        {
            return false;
        }

        int tilde = name.IndexOf('~', StringComparison.Ordinal);
        return tilde is >= 0 and < ShortLength - 1 && !name.AsSpan(tilde + 1).ContainsAnyExceptInRange('0', '9')
            && (name.StartsWith(ShortModules, StringComparison.Ordinal)
                || HashedModules.StartsWith(name[..tilde], StringComparison.Ordinal));
    }
}
