using Hutch.Contracts;
using Hutch.Model;
using Hutch.Model.Publications;

namespace Hutch.Client;

/// <content>Publications of datasets.</content>
public sealed partial class HutchClient
{
    public Task<PublicationInfo> GetPublicationAsync(DatasetId dataset, CancellationToken ct = default) =>
        GetAsync($"datasets/{dataset}/publication", HutchJson.Default.PublicationInfo, ct);

    public Task<PublicationInfo> PutPublicationAsync(DatasetId dataset, PublicationDescription description, CancellationToken ct = default)
    {
        var body = Body(description, HutchJson.Default.PublicationDescription);
        return CallAsync(
            () => Request(HttpMethod.Put, $"datasets/{dataset}/publication", body.ToContent()), repeatable: false,
            HutchJson.Default.PublicationInfo, ct);
    }

    public Task<PublicationInfo> PublishAsync(DatasetId dataset, PublishDataset wanted, CancellationToken ct = default) => PostAsync(
        $"datasets/{dataset}/publication/publish", Body(wanted, HutchJson.Default.PublishDataset), HutchJson.Default.PublicationInfo, ct);

    public Task<PublicationInfo> GiveDoiAsync(DatasetId dataset, CancellationToken ct = default) => CallAsync(
        () => Request(HttpMethod.Post, $"datasets/{dataset}/publication/doi"), repeatable: true, HutchJson.Default.PublicationInfo, ct);

    /// <summary>Withdraws a publication: its page stays and says why.</summary>
    public Task<PublicationInfo> WithdrawAsync(DatasetId dataset, WithdrawPublication why, CancellationToken ct = default) => PostAsync(
        $"datasets/{dataset}/publication/withdraw", Body(why, HutchJson.Default.WithdrawPublication),
        HutchJson.Default.PublicationInfo, ct);
}
