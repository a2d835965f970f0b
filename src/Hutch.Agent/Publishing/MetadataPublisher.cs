using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hutch.Agent.Survey;
using Hutch.Datasets.Registry;
using Hutch.Site.Life.Lifecycle;
using Hutch.Types.Mapping;

namespace Hutch.Agent.Publishing;

/// <summary>Publishes the content of a metadata file: title, type, metadata, personal data, and the copy of the file.</summary>
internal sealed class MetadataPublisher(
    DatasetLifecycle lifecycle, MetadataDocuments documents, DatasetSettings settings, FolderRegistrar registrar, TimeProvider time)
{
    /// <summary>Publishes the content if it differs from the content that was published last.</summary>
    public async Task<Result<PublicationState>> PublishAsync(
        string by, FolderPlan plan, MappedMetadata mapped, SiteDataset dataset, PublicationState state, CancellationToken ct)
    {
        byte[] copy = MetadataCopy.Create(plan.Shown, plan.Rule);
        string personal = PersonalOf(mapped).ToJsonString();
        string hash = HashOf(mapped, copy, personal);
        if (state.Metadata == hash)
        {
            return state;
        }

        using JsonDocument document = JsonDocument.Parse(mapped.Document.ToJsonString());
        if (!(await documents.SetAsync(dataset.Id, document.RootElement.Clone(), null, by, ct)).TryGet(out _, out HutchError? refusal)
            || !(await settings.SetAsync(dataset.Id, PersonalDataService.SettingName, personal, by, ct)).TryGet(out _, out refusal)
            || !(await DescribeAsync(by, mapped, dataset, ct)).TryGet(out _, out refusal)
            || !(await PutCopyAsync(plan, dataset, copy, ct)).TryGet(out _, out refusal))
        {
            return refusal;
        }

        return state with { Metadata = hash };
    }

    private async Task<Result<Done>> DescribeAsync(string by, MappedMetadata mapped, SiteDataset dataset, CancellationToken ct)
    {
        string? title = mapped.Title == dataset.Title ? null : mapped.Title;
        string? type = mapped.Type == dataset.Type ? null : mapped.Type;
        return title is null && type is null
            ? Done.Value
            : (await lifecycle.DescribeAsync(dataset.Id, null, null, title, type, by, ct)).Then<Done>(_ => Done.Value);
    }

    private async Task<Result<Done>> PutCopyAsync(FolderPlan plan, SiteDataset dataset, byte[] copy, CancellationToken ct)
    {
        if (dataset.Closed is not null)
        {
            return Done.Value; // Its files are frozen; what describes it is not.
        }

        long now = time.GetUtcNow().ToUnixTimeMilliseconds() * Entry.NanosecondsPerMillisecond;
        Entry attributes = Entry.File(default, 0, now, contentType: "application/yaml");
        Result<DatasetPath> path = DatasetPath.Parse(plan.MetadataFile);
        return path.IsOk ? await registrar.PutCopyAsync(dataset.Id, path.Value, copy, attributes, ct) : path.Error;
    }

    private static JsonObject PersonalOf(MappedMetadata mapped) => new()
    {
        ["owner"] = mapped.Owner,
        ["contacts"] = new JsonArray(
        [
            .. mapped.Contacts.Select(contact => new JsonObject
            {
                ["name"] = contact.Name, ["email"] = contact.Email, ["affiliation"] = contact.Affiliation,
            }),
        ]),
        ["keys"] = mapped.Personal.DeepClone(),
    };

    private static string HashOf(MappedMetadata mapped, byte[] copy, string personal)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string text in new[] { mapped.Type, mapped.Title ?? "", mapped.Document.ToJsonString(), personal })
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
        }

        hash.AppendData(copy);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
