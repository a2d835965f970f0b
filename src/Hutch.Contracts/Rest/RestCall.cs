using System.Text;
using System.Text.Json.Serialization.Metadata;

namespace Hutch.Contracts.Rest;

/// <summary>
/// An operation of the REST interface: method, route, right, documents, and the site that answers. All of them are in
/// <see cref="RestCalls"/>. This form has no JSON document in body and answer.
/// </summary>
public class RestCall
{
    /// <summary>The path of the interface at a server.</summary>
    public const string Root = "/api/v1";

    /// <summary>The right for operations that are open to everyone.</summary>
    public const string Anonymous = "none";

    internal RestCall(string method, string pattern, string right, AnsweredBy by = AnsweredBy.Receiver, bool? isRepeatable = null)
    {
        (Method, Pattern, Right, By) = (method, pattern, right, by);
        IsRepeatable = isRepeatable ?? method is "GET" or "HEAD" or "PUT";
    }

    public string Method { get; }

    /// <summary>The route below <see cref="Root"/>.</summary>
    public string Pattern { get; }

    public string Right { get; }

    public AnsweredBy By { get; }

    public KeyOfFolder Folder { get; internal init; }

    /// <summary>True if a client may send the request again when it does not know whether the first one was answered.</summary>
    public bool IsRepeatable { get; }

    /// <summary>The JSON document of the body; null for another body, or none.</summary>
    public virtual JsonTypeInfo? Body => null;

    /// <summary>The JSON document of the answer, or of each of its lines; null for another answer, or none.</summary>
    public virtual JsonTypeInfo? Answer => null;

    /// <summary>Returns the path of a request, without a slash before it.</summary>
    internal string PathOf(ReadOnlySpan<RouteValue> values)
    {
        var path = new StringBuilder(Root, 1, Root.Length - 1, capacity: 128);
        int used = 0;
        foreach (string part in Pattern.Split('/')[1..])
        {
            path.Append('/');
            if (!part.StartsWith('{'))
            {
                path.Append(part);
            }
            else if (used < values.Length)
            {
                path.Append(part.StartsWith("{**", StringComparison.Ordinal) ? values[used].EscapePath() : values[used].Escape());
                used++;
            }
            else
            {
                throw new ArgumentException($"{Method} {Pattern} needs more than {values.Length} values.");
            }
        }

        return used == values.Length
            ? path.ToString()
            : throw new ArgumentException($"{Method} {Pattern} takes {used} values, not {values.Length}.");
    }

    /// <summary>The JSON code of a document. It is made when it is first used.</summary>
    protected static JsonTypeInfo<T> Document<T>() => (JsonTypeInfo<T>)HutchJson.Default.GetTypeInfo(typeof(T))!;
}

/// <summary>An operation that answers with a JSON document.</summary>
public class RestCall<TAnswer> : RestCall
{
    internal RestCall(string method, string pattern, string right, AnsweredBy by = AnsweredBy.Receiver, bool? isRepeatable = null)
        : base(method, pattern, right, by, isRepeatable)
    {
    }

    public override JsonTypeInfo<TAnswer> Answer => Document<TAnswer>();
}

/// <summary>An operation with a JSON document in body and answer.</summary>
public sealed class RestCall<TBody, TAnswer> : RestCall<TAnswer>
{
    internal RestCall(string method, string pattern, string right, AnsweredBy by = AnsweredBy.Receiver, bool? isRepeatable = null)
        : base(method, pattern, right, by, isRepeatable)
    {
    }

    public override JsonTypeInfo<TBody> Body => Document<TBody>();
}

/// <summary>An operation with a JSON document in the body, and none in the answer.</summary>
public sealed class RestCommand<TBody> : RestCall
{
    internal RestCommand(string method, string pattern, string right, AnsweredBy by = AnsweredBy.Receiver, bool? isRepeatable = null)
        : base(method, pattern, right, by, isRepeatable)
    {
    }

    public override JsonTypeInfo<TBody> Body => Document<TBody>();
}

/// <summary>An operation that answers with lines, each a JSON document.</summary>
public sealed class RestLines<TLine> : RestCall
{
    internal RestLines(string method, string pattern, string right, AnsweredBy by = AnsweredBy.Receiver, bool? isRepeatable = null)
        : base(method, pattern, right, by, isRepeatable)
    {
    }

    public override JsonTypeInfo<TLine> Answer => Document<TLine>();
}
