using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Hutch.Peers.Http;

namespace Hutch.Peers.DataCite;

/// <summary>
/// A service of DOIs on the loopback that keeps to DataCite's rules, as its own server (datacite/lupo) has them: the states of DOIs and the
/// ways between them, accounts, prefixes, and what a DOI must say before everybody is led to its page. It fails in the ways that are asked
/// for: away, busy, slow, losing its answers.
/// </summary>
public sealed partial class DataCiteService : IAsyncDisposable
{
    public const string Account = "EXAMPLE.HUTCH";
    public const string Password = "the-password-of-the-repository";
    public const string Prefix = "10.5072";

    private readonly HttpReceiver _receiver = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, KeptDoi> _dois = [];
    private readonly Queue<Func<Func<string>, string?>> _faults = [];
    private readonly List<string> _asked = [];

    public DataCiteService() => _receiver.Answer = Answer;

    /// <summary>Where it answers.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_receiver.Port}");

    /// <summary>Whether it answers nobody.</summary>
    public bool IsAway { get; set; }

    /// <summary>Everything that it was asked, such as <c>PUT 10.5072/abc publish</c>.</summary>
    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate)
            {
                return [.. _asked];
            }
        }
    }

    /// <summary>Its DOIs.</summary>
    public IReadOnlyDictionary<string, KeptDoi> Dois
    {
        get
        {
            lock (_gate)
            {
                return new Dictionary<string, KeptDoi>(_dois);
            }
        }
    }

    /// <summary>Answers the next request without doing it.</summary>
    public void Reject(int status, params string[] headers) =>
        Fail(_ => $"HTTP/1.1 {status} No{string.Concat(headers.Select(static one => "\r\n" + one))}\r\nContent-Length: 0");

    /// <summary>Answers the next request with this, whatever it was.</summary>
    public void Say(int status, string body) => Fail(_ => Whole(status, body));

    /// <summary>Does what is asked next, and loses the answer.</summary>
    public void LoseAnswer() => Fail(static act =>
    {
        _ = act();
        return "";
    });

    /// <summary>Never answers the next request.</summary>
    public void Hang() => Fail(static _ => null);

    /// <summary>A DOI that somebody else has made here.</summary>
    public void Put(string doi, string state, string url)
    {
        lock (_gate)
        {
            _dois[doi] = new KeptDoi(state, url, null);
        }
    }

    /// <summary>All DOIs are gone, as after a mistake of its operator.</summary>
    public void Remove()
    {
        lock (_gate)
        {
            _dois.Clear();
        }
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private void Fail(Func<Func<string>, string?> fault)
    {
        lock (_gate)
        {
            _faults.Enqueue(fault);
        }
    }

    private string? Answer(ReceivedRequest request)
    {
        lock (_gate)
        {
            return IsAway ? ""
                : _faults.TryDequeue(out Func<Func<string>, string?>? fault) ? fault(() => Act(request))
                : Act(request);
        }
    }

    private string Act(ReceivedRequest request)
    {
        string[] line = request.Line.Split(' ');
        string path = line[1];
        JsonNode? attributes = request.Body.Length == 0 ? null : JsonNode.Parse(request.Body)?["data"]?["attributes"];
        string doi = ((string?)attributes?["doi"] ?? path["/dois/".Length..]).ToLowerInvariant();
        _asked.Add($"{line[0]} {doi} {(string?)attributes?["event"]}".TrimEnd());
        string right = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Account}:{Password}"));
        if (request.Headers.GetValueOrDefault("Authorization") != right)
        {
            return Errors(401, ("", "Bad credentials."));
        }

        if (line[0] is "POST" or "PUT" && request.Headers.GetValueOrDefault("Content-Type") != "application/vnd.api+json")
        {
            return Errors(415, ("", "The content type is not supported."));
        }

        bool isKnown = _dois.TryGetValue(doi, out KeptDoi? kept);
        return (line[0], path == "/dois", isKnown) switch
        {
            ("GET", false, true) => Shown(200, doi, kept!),
            ("GET", false, false) => Errors(404, ("", "The resource you are looking for doesn't exist.")),
            ("POST", true, true) => Errors(422, ("doi", "This DOI has already been taken")),
            ("POST", true, false) => Keep(201, doi, new KeptDoi("draft", null, null), attributes),
            ("PUT", false, true) => Keep(200, doi, kept!, attributes),
            ("PUT", false, false) => Keep(201, doi, new KeptDoi("draft", null, null), attributes),
            _ => Errors(405, ("", "Method not allowed")),
        };
    }

    private string Keep(int status, string doi, KeptDoi before, JsonNode? attributes)
    {
        if (!doi.StartsWith(Prefix + "/", StringComparison.Ordinal))
        {
            return Errors(403, ("", "You are not authorized to access this resource."));
        }

        if (!NamePattern().IsMatch(doi))
        {
            return Errors(422, ("doi", "is invalid"));
        }

        string? encoded = (string?)attributes?["xml"];
        var after = new KeptDoi(
            Next(before.State, (string?)attributes?["event"]),
            (string?)attributes?["url"] ?? before.Url,
            encoded is null ? before.Xml : Encoding.UTF8.GetString(Convert.FromBase64String(encoded)));
        (string, string)[] errors = after.State == "draft" ? [] : [.. WhyNot(doi, after)];
        if (errors.Length > 0)
        {
            return Errors(422, errors);
        }

        _dois[doi] = after;
        return Shown(status, doi, after);
    }

    /// <summary>A way that there is not leaves the state as it is, and is no error there.</summary>
    private static string Next(string state, string? action) => (state, action) switch
    {
        ("draft", "register") => "registered",
        ("draft" or "registered", "publish") => "findable",
        ("findable", "hide") => "registered",
        _ => state,
    };

    private static IEnumerable<(string Source, string Title)> WhyNot(string doi, KeptDoi kept)
    {
        if (kept.Url is null || !Uri.TryCreate(kept.Url, UriKind.Absolute, out _))
        {
            yield return ("url", "can't be blank");
        }

        foreach (string problem in kept.Xml is null ? ["can't be blank"] : DataCiteRules.Check(XElement.Parse(kept.Xml), doi))
        {
            yield return ("xml", problem);
        }
    }

    private static string Shown(int status, string doi, KeptDoi kept) => Whole(status, JsonSerializer.Serialize(new
    {
        data = new { id = doi, type = "dois", attributes = new { doi, state = kept.State, url = kept.Url } },
    }));

    private static string Errors(int status, params (string Source, string Title)[] errors) => Whole(status, JsonSerializer.Serialize(new
    {
        errors = errors.Select(one => new { source = one.Source, title = one.Title, status = status.ToString(CultureInfo.InvariantCulture) }),
    }));

    private static string Whole(int status, string body) => string.Create(
        CultureInfo.InvariantCulture,
        $"HTTP/1.1 {status} Answer\r\nContent-Type: application/vnd.api+json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");

    [GeneratedRegex(@"^10\.\d{4,5}/[-._;()/:a-z0-9*~$=]+$")]
    private static partial Regex NamePattern();
}

/// <summary>A DOI at the service.</summary>
/// <param name="State">Draft, registered or findable.</param>
/// <param name="Url">Where it leads.</param>
/// <param name="Xml">Its metadata.</param>
public sealed record KeptDoi(string State, string? Url, string? Xml);
