namespace Hutch.DataLad.Objects;

/// <summary>A commit as git writes it. Author and committer are the same, at the same time, in UTC.</summary>
/// <param name="Parent">The commit before it; null for the first.</param>
/// <param name="Mail">The author's mail address, which git requires; never a real one.</param>
/// <param name="Seconds">The time, in seconds since 1970.</param>
/// <param name="Message">The message; ends in a line feed.</param>
/// <param name="Merged">The second parent of a merge.</param>
internal sealed record CommitText(
    ObjectId Tree, ObjectId? Parent, string Name, string Mail, long Seconds, string Message, ObjectId? Merged = null)
{
    private static readonly char[] TakenOff = [' ', '.', ',', ';', ':', '"', '\''];

    public byte[] ToBytes()
    {
        string who = string.Create(CultureInfo.InvariantCulture, $"{Clean(Name)} <{Clean(Mail)}> {Math.Max(0, Seconds)} +0000");
        string parents = string.Concat(new[] { Parent, Merged }.OfType<ObjectId>().Select(static id => $"parent {id}\n"));
        string words = Message.Replace("\0", "", StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes($"tree {Tree}\n{parents}author {who}\ncommitter {who}\n\n{words}");
    }

    /// <summary>Without what ends a name or an address in a commit, and what git takes off their ends.</summary>
    private static string Clean(string text)
    {
        string clean = string.Concat(text.Where(static c => !char.IsControl(c) && c is not ('<' or '>'))).Trim(TakenOff);
        return clean.Length == 0 ? "unknown" : clean;
    }
}
