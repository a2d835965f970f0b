using System.Buffers.Text;

namespace Hutch.Publishing.Harvest;

/// <summary>The parsed request of a harvester (OAI-PMH 2.0, section 4).</summary>
public sealed record OaiRequest
{
    public const string DublinCorePrefix = "oai_dc";

    public const string DataCitePrefix = "oai_datacite";

    private const string Second = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const string Day = "yyyy-MM-dd";

    private static readonly Dictionary<string, (string[] Required, string[] Optional)> Arguments = new(StringComparer.Ordinal)
    {
        ["Identify"] = ([], []),
        ["ListMetadataFormats"] = ([], ["identifier"]),
        ["ListSets"] = ([], ["resumptionToken"]),
        ["ListIdentifiers"] = (["metadataPrefix"], ["from", "until", "set"]),
        ["ListRecords"] = (["metadataPrefix"], ["from", "until", "set"]),
        ["GetRecord"] = (["identifier", "metadataPrefix"], []),
    };

    public required string Verb { get; init; }

    public string Prefix { get; init; } = DublinCorePrefix;

    public string? Identifier { get; init; }

    /// <summary>The earliest time of the last change, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The latest second of the last change, inclusive.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The last record of the previous page; null for the first page.</summary>
    public ResumptionToken? After { get; init; }

    /// <exception cref="OaiException">The arguments are invalid.</exception>
    public static OaiRequest Parse(IReadOnlyList<KeyValuePair<string, string>> arguments)
    {
        string[] verbs = [.. arguments.Where(static one => one.Key == "verb").Select(static one => one.Value)];
        if (verbs is not [var verb] || !Arguments.TryGetValue(verb, out var known))
        {
            throw new OaiException("badVerb", "Ask with one verb: " + string.Join(", ", Arguments.Keys) + ".");
        }

        Dictionary<string, string> given = [];
        foreach ((string name, string value) in arguments.Where(static one => one.Key != "verb"))
        {
            if (!given.TryAdd(name, value))
            {
                throw new OaiException("badArgument", "An argument is given twice.");
            }
        }

        if (verb is "ListIdentifiers" or "ListRecords" && given.TryGetValue("resumptionToken", out string? token))
        {
            return given.Count == 1 ? Resume(verb, token) : throw new OaiException("badArgument", "A resumptionToken is used alone.");
        }

        if (given.Keys.Except(known.Required).Except(known.Optional).Any() || known.Required.Except(given.Keys).Any())
        {
            throw new OaiException(
                "badArgument", $"{verb} needs {Words(known.Required)} and may have {Words(known.Optional)}, nothing else.");
        }

        return Read(verb, given);
    }

    /// <summary>The resumption token for the page after this record.</summary>
    public string TokenAfter(ResumptionToken last)
    {
        string[] parts =
        [
            Prefix, From is { } from ? Seconds(from) : "", Until is { } until ? Seconds(until) : "",
            last.ChangedMs.ToString(CultureInfo.InvariantCulture), last.Dataset.ToString(),
        ];
        return Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join('|', parts)));
    }

    private static OaiRequest Read(string verb, Dictionary<string, string> given)
    {
        if (given.ContainsKey("set") || verb == "ListSets")
        {
            throw new OaiException("noSetHierarchy", "This repository has no sets.");
        }

        string prefix = given.GetValueOrDefault("metadataPrefix", DublinCorePrefix);
        if (prefix is not (DublinCorePrefix or DataCitePrefix))
        {
            throw new OaiException("cannotDisseminateFormat", $"The formats are {DublinCorePrefix} and {DataCitePrefix}.");
        }

        (string? from, string? until) = (given.GetValueOrDefault("from"), given.GetValueOrDefault("until"));
        if (from is not null && until is not null && from.Length != until.Length)
        {
            throw new OaiException("badArgument", "'from' and 'until' must be of the same form.");
        }

        var question = new OaiRequest
        {
            Verb = verb,
            Prefix = prefix,
            Identifier = given.GetValueOrDefault("identifier"),
            From = from is null ? null : Time(from, isEnd: false),
            Until = until is null ? null : Time(until, isEnd: true),
        };
        return question.From > question.Until
            ? throw new OaiException("badArgument", "'from' is later than 'until'.")
            : question;
    }

    private static OaiRequest Resume(string verb, string token)
    {
        try
        {
            string[] parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('|');
            if (parts is [DublinCorePrefix or DataCitePrefix, var from, var until, var last, var id]
                && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long ms)
                && DatasetId.TryParse(id, out DatasetId dataset))
            {
                return new OaiRequest
                {
                    Verb = verb,
                    Prefix = parts[0],
                    From = from.Length == 0 ? null : Time(from, isEnd: false),
                    Until = until.Length == 0 ? null : Time(until, isEnd: false),
                    After = new ResumptionToken(ms, dataset),
                };
            }
        }
        catch (FormatException)
        {
            // Refused below, as whatever else is no token.
        }

        throw new OaiException("badResumptionToken", "This is no token of this repository. Begin the list anew.");
    }

    private static DateTimeOffset Time(string text, bool isEnd)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, Second, CultureInfo.InvariantCulture, Utc, out DateTimeOffset time))
        {
            return time;
        }

        return DateTimeOffset.TryParseExact(text, Day, CultureInfo.InvariantCulture, Utc, out time)
            ? isEnd ? time.AddDays(1).AddSeconds(-1) : time
            : throw new OaiException("badArgument", "Write times as 2026-11-23 or 2026-11-23T10:20:30Z.");
    }

    private static string Seconds(DateTimeOffset time) => time.UtcDateTime.ToString(Second, CultureInfo.InvariantCulture);

    private static string Words(string[] names) => names.Length == 0 ? "nothing" : string.Join(", ", names);
}

/// <summary>The last record of a page.</summary>
/// <param name="ChangedMs">The time of its last change, in milliseconds since 1970.</param>
public sealed record ResumptionToken(long ChangedMs, DatasetId Dataset);
