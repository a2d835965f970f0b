using System.Text.Json.Nodes;
using Hutch.Zone.Accounts;

namespace Hutch.Api.Documents;

/// <summary>
/// Accounts as SCIM reads and writes them (RFC 7643, section 4.1), as far as they have a counterpart here: <c>userName</c>,
/// <c>externalId</c>, <c>displayName</c>, <c>name.formatted</c>, <c>emails</c> and <c>active</c>. Other attributes of a whole document are
/// left out.
/// </summary>
internal static class ScimDocuments
{
    public const string UserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string ListSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    public const string ErrorSchema = "urn:ietf:params:scim:api:messages:2.0:Error";
    public const string ConfigSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

    private const int MaxOperations = 100;

    public static JsonObject Write(AccountDetails account, string location)
    {
        var user = new JsonObject
        {
            ["schemas"] = new JsonArray(UserSchema),
            ["id"] = account.User.Name,
            ["userName"] = account.User.Name,
            ["active"] = account.User.DisabledAt is null,
            ["meta"] = new JsonObject
            {
                ["resourceType"] = "User",
                ["created"] = account.User.CreatedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                ["location"] = location,
            },
        };
        if (account.ExternalId is { } id)
        {
            user["externalId"] = id;
        }

        if (account.User.DisplayName is { } name)
        {
            user["displayName"] = name;
            user["name"] = new JsonObject { ["formatted"] = name };
        }

        if (account.User.Email is { } address)
        {
            user["emails"] = new JsonArray(new JsonObject { ["value"] = address, ["primary"] = true });
        }

        return user;
    }

    /// <summary>Reads the login name of a document.</summary>
    public static Result<string> ReadName(JsonElement user) =>
        Find(user, "userName") is { ValueKind: JsonValueKind.String } name
            ? ToLower(name.GetString()!)
            : ErrorCode.BadRequest.With("'userName' is missing: it is the login name, of lower-case letters, digits and dashes.");

    /// <summary>
    /// Returns a name in the lower case that names have here. Letters beyond ASCII stay, and so are refused: the sign for kelvin is no k.
    /// </summary>
    public static string ToLower(string name) => string.Concat(name.Select(static c => char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c));

    /// <summary>Reads a whole document: what it lacks is cleared, and the account is active.</summary>
    public static Result<AccountPatch> ReadUser(JsonElement user) =>
        Read(new AccountPatch { Disabled = false, DisplayName = "", Email = "", ExternalId = "" }, user);

    /// <summary>Reads the operations of a PATCH (RFC 7644, section 3.5.2) in their order.</summary>
    public static Result<AccountPatch> ReadPatch(JsonElement document)
    {
        if (Find(document, "Operations") is not { ValueKind: JsonValueKind.Array } operations
            || operations.GetArrayLength() > MaxOperations)
        {
            return ErrorCode.BadRequest.With($"'Operations' must be a list of at most {MaxOperations} operations.");
        }

        var patch = new AccountPatch();
        foreach (JsonElement operation in operations.EnumerateArray())
        {
            if (!Apply(patch, operation).TryGet(out AccountPatch? next, out HutchError? error))
            {
                return error;
            }

            patch = next;
        }

        return patch;
    }

    private static Result<AccountPatch> Apply(AccountPatch patch, JsonElement operation)
    {
        string op = (Text(Find(operation, "op")) ?? "").ToLowerInvariant();
        string? path = Text(Find(operation, "path"));
        JsonElement value = Find(operation, "value") ?? default;
        if (op is not ("add" or "replace" or "remove"))
        {
            return ErrorCode.BadRequest.With($"'op' is {Display.Quote(op)}; use add, replace or remove.");
        }

        if (path is null)
        {
            return op == "remove" ? ErrorCode.BadRequest.With("A 'remove' needs a 'path'.") : Read(patch, value);
        }

        return Set(patch, path, op == "remove" ? default : value);
    }

    /// <summary>Takes the attributes of a document that have a counterpart; others are left out.</summary>
    private static Result<AccountPatch> Read(AccountPatch patch, JsonElement document)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            return ErrorCode.BadRequest.With("The user must be a JSON object.");
        }

        foreach (string path in (string[])["name", "displayName", "emails", "active", "externalId"])
        {
            if (Find(document, path) is { } value)
            {
                JsonElement? known = path == "name" ? Find(value, "formatted") : value;
                if (known is { } given && !Set(patch, path, given).TryGet(out patch!, out HutchError? error))
                {
                    return error;
                }
            }
        }

        return patch;
    }

    /// <param name="value">The value; undefined or null to clear it.</param>
    private static Result<AccountPatch> Set(AccountPatch patch, string path, JsonElement value)
    {
        bool isCleared = value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
        string attribute = path.ToLowerInvariant();
        if (attribute == "active")
        {
            // Some providers write it as a text.
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? patch with { Disabled = !value.GetBoolean() }
                : bool.TryParse(Text(value), out bool active) ? patch with { Disabled = !active }
                : ErrorCode.BadRequest.With("'active' must be true or false.");
        }

        if (attribute is "displayname" or "name" or "name.formatted")
        {
            return isCleared ? patch with { DisplayName = "" }
                : Text(value) is { } name ? patch with { DisplayName = name }
                : ErrorCode.BadRequest.With($"{Display.Quote(path)} must be a text.");
        }

        if (attribute == "externalid")
        {
            return isCleared ? patch with { ExternalId = "" }
                : Text(value) is { } id ? patch with { ExternalId = id }
                : ErrorCode.BadRequest.With("'externalId' must be a text.");
        }

        bool isOne = attribute.StartsWith("emails[", StringComparison.Ordinal) && attribute.EndsWith("].value", StringComparison.Ordinal);
        if (!isOne && attribute != "emails")
        {
            return ErrorCode.BadRequest.With(
                $"{Display.Quote(path)} has no counterpart here; map userName, externalId, displayName, emails and active only.");
        }

        return isCleared ? patch with { Email = "" }
            : (isOne ? Text(value) : FirstAddress(value)) is { } address ? patch with { Email = address }
            : ErrorCode.BadRequest.With("'emails' must be a list of objects with a 'value'.");
    }

    /// <summary>The primary address, or else the first; the empty text of an empty list.</summary>
    private static string? FirstAddress(JsonElement emails)
    {
        if (emails.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        JsonElement[] all = [.. emails.EnumerateArray()];
        JsonElement chosen = all.FirstOrDefault(static one => Find(one, "primary") is { ValueKind: JsonValueKind.True });
        return all.Length == 0 ? "" : Text(Find(chosen.ValueKind == JsonValueKind.Undefined ? all[0] : chosen, "value"));
    }

    /// <summary>An attribute of an object; names are compared without case.</summary>
    private static JsonElement? Find(JsonElement document, string name)
    {
        if (document.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in document.EnumerateObject())
            {
                if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                {
                    return property.Value;
                }
            }
        }

        return null;
    }

    private static string? Text(JsonElement? value) => value is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
