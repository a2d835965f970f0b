using System.Text.Json;
using Hutch.S3.Errors;

namespace Hutch.S3.Forms;

/// <summary>
/// The conditions of a form's signer: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html.
/// Each field must have a condition that it fulfils.
/// </summary>
internal sealed class PostPolicy
{
    private const int MaxConditions = 200;
    private const int MaxShown = 200;
    private const string Eq = "eq";
    private const string StartsWith = "starts-with";
    private const string Range = "content-length-range";
    private const string IgnoredPrefix = "x-ignore-";

    private static readonly string[] WithoutCondition = ["policy", "x-amz-signature", "AWSAccessKeyId", "signature"];

    private readonly List<(string Operator, string Field, string Value)> _conditions = [];

    private PostPolicy()
    {
    }

    public long LeastBytes { get; private set; }

    public long MostBytes { get; private set; } = long.MaxValue;

    /// <summary>Reads the policy, which is JSON in base64; one that has expired is refused.</summary>
    public static PostPolicy Parse(string base64, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(Convert.FromBase64String(base64));
            JsonElement root = document.RootElement;
            if (!root.TryGetProperty("expiration", out JsonElement expiration) || !expiration.TryGetDateTimeOffset(out DateTimeOffset until)
                || !root.TryGetProperty("conditions", out JsonElement conditions) || conditions.GetArrayLength() > MaxConditions)
            {
                throw Invalid("it needs 'expiration' as 2030-12-30T12:00:00.000Z, and 'conditions'");
            }

            if (until < now)
            {
                throw Denied($"Policy expired at {until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC.");
            }

            var policy = new PostPolicy();
            foreach (JsonElement condition in conditions.EnumerateArray())
            {
                policy.Add(condition);
            }

            return policy;
        }
        catch (Exception e) when (e is FormatException or OverflowException or JsonException or InvalidOperationException)
        {
            throw Invalid("it is not a JSON object in base64, with conditions of texts and numbers");
        }
    }

    /// <summary>Refuses fields that break a condition, or have none.</summary>
    public void Check(IReadOnlyDictionary<string, string> fields)
    {
        foreach ((string how, string field, string wanted) in _conditions)
        {
            string value = fields.GetValueOrDefault(field) ?? "";
            if (how == Eq ? value != wanted : !value.StartsWith(wanted, StringComparison.Ordinal))
            {
                throw Denied($"Policy Condition failed: [\"{how}\", \"${Shown(field)}\", \"{Shown(wanted)}\"]");
            }
        }

        var known = _conditions.Select(static condition => condition.Field).ToHashSet(StringComparer.OrdinalIgnoreCase);
        string[] extra = [.. fields.Keys.Where(field => !known.Contains(field)
            && !WithoutCondition.Contains(field, StringComparer.OrdinalIgnoreCase)
            && !field.StartsWith(IgnoredPrefix, StringComparison.OrdinalIgnoreCase))];
        if (extra.Length > 0)
        {
            throw Denied($"Extra input fields: {string.Join(", ", extra.Select(Display.Quote))}");
        }
    }

    private void Add(JsonElement condition)
    {
        if (condition.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty exact in condition.EnumerateObject())
            {
                _conditions.Add((Eq, exact.Name, Text(exact.Value)));
            }

            return;
        }

        string how = condition.GetArrayLength() == 3 ? Text(condition[0]).ToLowerInvariant()
            : throw Invalid("a condition has three parts");
        if (how == Range)
        {
            LeastBytes = Math.Max(LeastBytes, Bytes(condition[1]));
            MostBytes = Math.Min(MostBytes, Bytes(condition[2]));
        }
        else if (how is Eq or StartsWith && Text(condition[1]) is ['$', .. { Length: > 0 } field])
        {
            _conditions.Add((how, field, Text(condition[2])));
        }
        else
        {
            throw Invalid("a condition is [\"eq\" or \"starts-with\", \"$field\", \"text\"] or [\"content-length-range\", least, most]");
        }
    }

    private static string Text(JsonElement value) => value.GetString() ?? throw Invalid("null is no text");

    private static string Shown(string text) => Display.Plain(text, MaxShown);

    /// <summary>Some signers write the numbers as texts.</summary>
    private static long Bytes(JsonElement number) => number.ValueKind == JsonValueKind.String
        ? long.Parse(number.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture)
        : number.GetInt64();

    private static S3Exception Invalid(string why) =>
        S3ErrorCode.InvalidPolicyDocument.With($"The policy of the form cannot be read: {why}.");

    private static S3Exception Denied(string why) => S3ErrorCode.AccessDenied.With($"Invalid according to Policy: {why}");
}
