using System.Text;
using System.Text.Json;
using Hutch.Model.NarrowedTokens;

namespace Hutch.Model.Tests.NarrowedTokens;

/// <summary>The vectors that the Python package reads, too. That package wrote them, by the page of the form.</summary>
public sealed class SharedVectorTests
{
    private static readonly JsonElement Vectors = JsonElement.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "narrowed-tokens", "vectors.json")));

    [Fact]
    public void Right_keys_are_read()
    {
        foreach (JsonElement vector in Vectors.GetProperty("accepted").EnumerateArray())
        {
            string name = vector.GetProperty("name").GetString()!;
            NarrowedToken key = NarrowedToken.Parse(vector.GetProperty("text").GetString()!).Value;

            string[] blocks = [.. vector.GetProperty("blocks").EnumerateArray().Select(static block => block.GetString()!)];
            string[] expected = [name, .. Texts(vector, "root", "chain", "s3Secret", "says"), .. blocks];
            string[] read =
            [
                name, key.RootHash.ToString(), key.ChainHash.ToString(), key.S3Secret, key.Reach.Describe(),
                .. key.Blocks.Select(static block => Encoding.UTF8.GetString(block.ToBytes())),
            ];
            Assert.Equal<string>(expected, read);
            Assert.Equal(vector.GetProperty("opensNothing").GetBoolean(), key.Reach.Describe() == "opens nothing");
        }
    }

    [Fact]
    public void Changed_keys_and_other_forms_are_refused()
    {
        string[] accepted =
        [
            .. Vectors.GetProperty("refused").EnumerateArray()
                .Where(static vector => NarrowedToken.Parse(vector.GetProperty("text").GetString()!).IsOk)
                .Select(static vector => vector.GetProperty("name").GetString()!),
        ];

        Assert.Empty(accepted);
    }

    private static IEnumerable<string> Texts(JsonElement vector, params string[] names) => names.Select(name => vector.GetProperty(name).GetString()!);
}
