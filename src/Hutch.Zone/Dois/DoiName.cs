using System.Security.Cryptography;
using System.Text;
using Hutch.Model;

namespace Hutch.Zone.Dois;

/// <summary>
/// DOIs as they are given: behind the prefix and the shoulder twelve letters and digits that say nothing, and are read and typed without
/// mistakes. They follow from the dataset, so that asking twice gives the same one.
/// </summary>
internal static class DoiName
{
    /// <summary>Crockford's base 32: without I, L, O and U.</summary>
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

    private const int Groups = 3;
    private const int GroupLength = 4;

    /// <summary>The DOI of a dataset; of the work in all its versions with <paramref name="isSeries"/>.</summary>
    public static string Of(DoiOptions options, DatasetId dataset, bool isSeries)
    {
        byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes($"{(isSeries ? "series" : "version")}:{dataset}"));
        IEnumerable<char> letters = hash.Take(Groups * GroupLength).Select(static one => Alphabet[one % Alphabet.Length]);
        string name = string.Join('-', letters.Chunk(GroupLength).Select(static group => new string(group)));
        return $"{options.Prefix}/{options.Shoulder}{name}";
    }
}
