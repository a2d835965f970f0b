namespace Hutch.Datasets.Registry;

/// <summary>
/// Personal data in a facility's metadata file. Only members of the dataset see it: its owner, and users with a right; not the public, and
/// not holders of a share link.
/// </summary>
public sealed class PersonalDataService(Authorizer authorizer, DatasetSettings settings)
{
    /// <summary>The setting of a dataset that holds it, as a JSON object.</summary>
    public const string SettingName = "personal";

    /// <summary>The personal data; an empty object for none.</summary>
    public async Task<Result<JsonElement>> GetAsync(Caller caller, DatasetId dataset, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.DatasetView, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        bool isMember = caller.IsUser && (access.Value.IsOwner || access.Value.Granted.Includes(Rights.Read));
        if (!isMember)
        {
            return ErrorCode.Forbidden.With("Only members of the dataset see personal data: its owner, and who was given a right on it.");
        }

        using JsonDocument document = JsonDocument.Parse(await settings.FindAsync(dataset, SettingName, ct) ?? "{}");
        return document.RootElement.Clone();
    }
}
