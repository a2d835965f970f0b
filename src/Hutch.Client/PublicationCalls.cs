using Hutch.Model.Publications;
using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Publications of datasets.</summary>
public static class PublicationCalls
{
    extension(HutchClient client)
    {
        public Task<PublicationInfo> GetPublicationAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{dataset}/publication", HutchJson.Default.PublicationInfo, ct);

        public Task<PublicationInfo> PutPublicationAsync(
            DatasetId dataset, PublicationDescription description, CancellationToken ct = default)
        {
            var body = Body(description, HutchJson.Default.PublicationDescription);
            return client.CallAsync(
                () => Request(HttpMethod.Put, $"datasets/{dataset}/publication", body.ToContent()), repeatable: false,
                HutchJson.Default.PublicationInfo, ct);
        }

        public Task<PublicationInfo> PublishAsync(
            DatasetId dataset, PublishDataset wanted, CancellationToken ct = default) => client.PostAsync(
            $"datasets/{dataset}/publication/publish", Body(wanted, HutchJson.Default.PublishDataset), HutchJson.Default.PublicationInfo,
            ct);

        public Task<PublicationInfo> GiveDoiAsync(DatasetId dataset, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, $"datasets/{dataset}/publication/doi"), repeatable: true, HutchJson.Default.PublicationInfo, ct);

        /// <summary>Withdraws a publication: its page stays and says why.</summary>
        public Task<PublicationInfo> WithdrawAsync(
            DatasetId dataset, WithdrawPublication why, CancellationToken ct = default) => client.PostAsync(
            $"datasets/{dataset}/publication/withdraw", Body(why, HutchJson.Default.WithdrawPublication),
            HutchJson.Default.PublicationInfo, ct);
    }
}
