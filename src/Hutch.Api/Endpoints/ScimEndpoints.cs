using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Zone.Accounts;
using Hutch.Zone.Limits;

namespace Hutch.Api.Endpoints;

/// <summary>
/// People from an identity provider by SCIM 2.0 (RFC 7644): accounts are created, described, disabled and enabled. A deletion disables
/// one, because datasets and the audit name it.
/// </summary>
internal sealed partial class ScimEndpoints(AccountProvisioning accounts) : IEndpoints
{
    private const string Tag = "SCIM";
    private const string Media = "application/scim+json";
    private const string Described = "As RFC 7643 describes it";
    private const int MaxBytes = 64 << 10;

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Scim.Config, "What of SCIM the server has")
            .Answering(200, Media, Described)
            .Does(static request => AnswerAsync(request, 200, static _ => Task.FromResult(Config())));
        Add(table, RestCalls.Scim.List, "Accounts that the provider has created", 200, ListAsync)
            .Query("filter", "Only `userName eq \"NAME\"` and `externalId eq \"ID\"`")
            .Query("startIndex", "Number of the first account, from 1", "integer")
            .Query("count", "Most accounts of the page, 0 to 1000", "integer");
        Add(table, RestCalls.Scim.Create, "Create an account, without a token", 201, CreateAsync).Takes(Media, "A SCIM user");
        Add(table, RestCalls.Scim.Find, "An account that the provider has created", 200, async request => Show(
            request, await accounts.FindAsync(request.Caller, request.Route("name"), request.Aborted)));
        Add(
            table, RestCalls.Scim.Replace, "Replace what the account is called, its mail address, and whether it is active", 200,
            ReplaceAsync)
            .Takes(Media, "A SCIM user");
        Add(table, RestCalls.Scim.Change, "Change some of that", 200, PatchAsync).Takes(Media, "SCIM operations");
        table.Add(Tag, RestCalls.Scim.Disable, "Disable the account, which stays")
            .Answering(StatusCodes.Status204NoContent, null, "Done")
            .Does(request => AnswerAsync(
                request, StatusCodes.Status204NoContent, one => ChangeAsync(one, new AccountPatch { Disabled = true })));
    }

    private static EndpointDescription Add(
        EndpointTable table, RestCall call, string summary, int status, Func<ApiRequest, Task<Result<JsonObject>>> handle)
    {
        EndpointDescription endpoint = table.Add(Tag, call, summary).Answering(status, Media, Described);
        endpoint.Does(request => AnswerAsync(request, status, handle));
        return endpoint;
    }

    private async Task<Result<JsonObject>> ListAsync(ApiRequest request)
    {
        long start = Math.Max(1, request.Number("startIndex", 1, long.MinValue));
        int count = (int)Math.Clamp(request.Number("count", 100, long.MinValue), 0, AccountLimits.MaxPage);
        if (request.Query("filter") is not { } filter)
        {
            return (await accounts.ListAsync(request.Caller, start - 1, count, request.Aborted)).Then<JsonObject>(
                found => List(request, found.Count, start, found.Accounts));
        }

        if (FilterPattern().Match(filter) is not { Success: true } match)
        {
            return ErrorCode.BadRequest.With(
                $"The filter {Display.Quote(filter)} is neither of the form userName eq \"NAME\" nor externalId eq \"ID\".");
        }

        if (match.Groups[1].Value.Equals("externalId", StringComparison.OrdinalIgnoreCase))
        {
            return (await accounts.FindByExternalIdAsync(request.Caller, match.Groups[2].Value, request.Aborted)).Then<JsonObject>(
                found => List(request, found is null ? 0 : 1, 1, found is null ? [] : [found]));
        }

        string name = ScimDocuments.ToLower(match.Groups[2].Value);
        Result<AccountDetails> one = await accounts.FindAsync(request.Caller, name, request.Aborted);
        return one.TryGet(out AccountDetails? account, out HutchError? error) ? List(request, 1, 1, [account])
            : error.Code == ErrorCode.NotFound ? List(request, 0, 1, [])
            : error;
    }

    private async Task<Result<JsonObject>> CreateAsync(ApiRequest request)
    {
        JsonElement user = await ReadAsync(request);
        Result<JsonObject> made = ScimDocuments.ReadName(user).TryGet(out string? name, out HutchError? error)
            && ScimDocuments.ReadUser(user).TryGet(out AccountPatch? wanted, out error)
                ? Show(request, await accounts.CreateAsync(request.Caller, name, wanted, request.Aborted))
                : error;
        if (made.IsOk)
        {
            request.Http.Response.Headers.Location = Location(request, name!);
        }

        return made;
    }

    private async Task<Result<JsonObject>> ReplaceAsync(ApiRequest request)
    {
        JsonElement user = await ReadAsync(request);
        return !ScimDocuments.ReadName(user).TryGet(out string? name, out HutchError? error)
            || !ScimDocuments.ReadUser(user).TryGet(out AccountPatch? wanted, out error) ? error
            : name != request.Route("name")
                ? ErrorCode.BadRequest.With($"The login name {Display.Quote(request.Route("name"))} stays: an account is not renamed.")
            : await ChangeAsync(request, wanted);
    }

    private async Task<Result<JsonObject>> PatchAsync(ApiRequest request) =>
        ScimDocuments.ReadPatch(await ReadAsync(request)).TryGet(out AccountPatch? wanted, out HutchError? error)
            ? await ChangeAsync(request, wanted)
            : error;

    private async Task<Result<JsonObject>> ChangeAsync(ApiRequest request, AccountPatch wanted)
    {
        Result<AccountDetails> changed = await accounts.ChangeAsync(
            request.Caller, request.Route("name"), wanted, request.Aborted);
        if (changed.IsOk && wanted.Disabled == true)
        {
            await SiteConfirmation.ReportAsync(request);
        }

        return Show(request, changed);
    }

    private static async Task<JsonElement> ReadAsync(ApiRequest request) =>
        await JsonBody.ReadAsync(request.Body, HutchJson.Default.JsonElement, MaxBytes, request.Aborted);

    private static Result<JsonObject> Show(ApiRequest request, Result<AccountDetails> account) =>
        account.Then<JsonObject>(one => ScimDocuments.Write(one, Location(request, one.User.Name)));

    private static JsonObject List(ApiRequest request, long total, long start, IReadOnlyList<AccountDetails> accounts) => new()
    {
        ["schemas"] = new JsonArray(ScimDocuments.ListSchema),
        ["totalResults"] = total,
        ["startIndex"] = start,
        ["itemsPerPage"] = accounts.Count,
        ["Resources"] = new JsonArray([.. accounts.Select(one => ScimDocuments.Write(one, Location(request, one.User.Name)))]),
    };

    private static string Location(ApiRequest request, string name) =>
        $"{request.Http.Request.PathBase}/{RestCalls.Scim.Find.At(name).Path}";

    private static Result<JsonObject> Config()
    {
        static JsonObject Has(bool supported) => new() { ["supported"] = supported };

        return new JsonObject
        {
            ["schemas"] = new JsonArray(ScimDocuments.ConfigSchema),
            ["patch"] = Has(true),
            ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
            ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = AccountLimits.MaxPage },
            ["changePassword"] = Has(false),
            ["sort"] = Has(false),
            ["etag"] = Has(false),
            ["authenticationSchemes"] = new JsonArray(new JsonObject
            {
                ["type"] = "oauthbearertoken",
                ["name"] = "Bearer token",
                ["description"] = "A token of an administrator with the scope scim",
            }),
        };
    }

    /// <summary>Answers in the form of SCIM, also with a refusal (RFC 7644, section 3.12).</summary>
    private static async Task AnswerAsync(ApiRequest request, int status, Func<ApiRequest, Task<Result<JsonObject>>> handle)
    {
        Result<JsonObject> answer;
        try
        {
            answer = await handle(request);
        }
        catch (HutchException e) when (e.Error.Code.Status < StatusCodes.Status500InternalServerError)
        {
            answer = e.Error;
        }

        if (!answer.TryGet(out JsonObject? document, out HutchError? refusal))
        {
            status = refusal.Code.Status;
            document = new JsonObject
            {
                ["schemas"] = new JsonArray(ScimDocuments.ErrorSchema),
                ["status"] = status.ToString(CultureInfo.InvariantCulture),
                ["detail"] = refusal.Message,
            };
            if (status is StatusCodes.Status409Conflict or StatusCodes.Status400BadRequest)
            {
                document["scimType"] = status == StatusCodes.Status409Conflict ? "uniqueness" : "invalidValue";
            }

            if (refusal.Code == ErrorCode.Unauthenticated)
            {
                request.Http.Response.Headers.WWWAuthenticate = "Bearer realm=\"hutch\"";
            }
        }

        request.Http.Response.StatusCode = status;
        if (status == StatusCodes.Status204NoContent)
        {
            return;
        }

        request.Http.Response.ContentType = Media;
        request.Http.Response.Headers.CacheControl = "no-store";
        await request.Http.Response.WriteAsync(document.ToJsonString(), request.Aborted);
    }

    [GeneratedRegex("""^\s*(userName|externalId)\s+eq\s+"([^"\\]*)"\s*$""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FilterPattern();
}
