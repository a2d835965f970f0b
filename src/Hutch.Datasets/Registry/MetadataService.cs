namespace Hutch.Datasets.Registry;

/// <summary>Sets the metadata document of a dataset, after a check of the caller's rights.</summary>
public sealed class MetadataService(Authorizer authorizer, MetadataDocuments documents)
{
    /// <param name="document">A JSON object; stored unchanged.</param>
    /// <param name="expected">The version that it replaces (0: none yet); null not to check.</param>
    public async Task<Result<long>> SetAsync(Caller caller, DatasetId id, JsonElement document, long? expected, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, id, Operation.MetadataEdit, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<Done> isObject = RequireObject(document);
        return isObject.IsOk ? await documents.SetAsync(id, document, expected, caller.Name, ct) : isObject.Error;
    }

    /// <summary>Refuses a document that is not a JSON object.</summary>
    internal static Result<Done> RequireObject(JsonElement document) => document.ValueKind == JsonValueKind.Object
        ? Done.Value
        : ErrorCode.InvalidBody.With("The metadata document must be a JSON object: { … }.");
}
