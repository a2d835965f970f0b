namespace Hutch.Zone.Dois;

/// <summary>
/// The form of DOIs: after the prefix and the shoulder, twelve letters and digits without meaning that are easy to read and type. They are
/// derived from the dataset, so that repeated requests give the same DOI.
/// </summary>
internal static class DoiName
{
    /// <summary>Crockford's base 32: without I, L, O and U.</summary>
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int Groups = 3;
    private const int GroupLength = 4;

    /// <summary>Returns the DOI of a dataset, or of all versions of the work with <paramref name="isSeries"/>.</summary>
    public static string For(DoiOptions options, DatasetId dataset, bool isSeries)
    {
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes($"{(isSeries ? "series" : "version")}:{dataset}"));
        IEnumerable<char> letters = hash.Take(Groups * GroupLength).Select(static one => Alphabet[one % Alphabet.Length]);
        string name = string.Join('-', letters.Chunk(GroupLength).Select(static group => new string(group)));
        return $"{options.Prefix}/{options.Shoulder}{name}";
    }
}
