using System.Text;
using System.Xml.Linq;

namespace Hutch.S3.Tests.Support;

/// <summary>An answer of the door, read whole.</summary>
internal sealed class S3Answer
{
    private S3Answer(int status, byte[] body, Dictionary<string, string> headers)
    {
        Status = status;
        Body = body;
        Headers = headers;
    }

    public int Status { get; }

    public byte[] Body { get; }

    public Dictionary<string, string> Headers { get; }

    public string Text => Encoding.UTF8.GetString(Body);

    public XElement Xml => XElement.Parse(Text);

    public string ETag => Headers["ETag"];

    /// <summary>The code of a refusal; null when it is none.</summary>
    public string? Error => Status >= 300 && Body.Length > 0 ? Xml.Element("Code")?.Value : null;

    public static async Task<S3Answer> ReadAsync(HttpResponseMessage answer)
    {
        // As they were written: the parsed ones have lost their spaces.
        var headers = answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated)
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new S3Answer((int)answer.StatusCode, body, headers);
    }

    /// <summary>Asserts the status and passes the answer on.</summary>
    public S3Answer Must(int status)
    {
        Assert.True(Status == status, $"{Status} in place of {status}: {Text}");
        return this;
    }

    /// <summary>Asserts a refusal and passes the answer on.</summary>
    public S3Answer MustRefuse(int status, string code)
    {
        Assert.Equal((status, code), (Status, Error));
        return this;
    }

    /// <summary>The texts of all elements of a name, wherever they stand.</summary>
    public string[] All(string name) => [.. Xml.Descendants().Where(element => element.Name.LocalName == name).Select(element => element.Value)];

    /// <summary>The text of the first element of a name; null when there is none.</summary>
    public string? First(string name) => All(name) is [var first, ..] ? first : null;
}
