using Hutch.Model.Publications;

namespace Hutch.Client;

/// <summary>Publications of datasets.</summary>
public static class PublicationCalls
{
    extension(HutchClient client)
    {
        public Task<PublicationInfo> GetPublicationAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Publications.Find.At(dataset), ct);

        public Task<PublicationInfo> PutPublicationAsync(
            DatasetId dataset, PublicationDescription description, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Publications.Describe.At(dataset), description, ct);

        /// <param name="yaml">The description as YAML.</param>
        public Task<PublicationInfo> PutPublicationAsync(DatasetId dataset, byte[] yaml, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Publications.Describe.At(dataset), yaml, HutchMediaTypes.Yaml, ct);

        public Task<PublicationInfo> PublishAsync(DatasetId dataset, PublishDataset wanted, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Publications.Publish.At(dataset), wanted, ct);

        public Task<PublicationInfo> GiveDoiAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Publications.GiveDoi.At(dataset), ct);

        /// <summary>Withdraws a publication: its page stays and says why.</summary>
        public Task<PublicationInfo> WithdrawAsync(DatasetId dataset, WithdrawPublication why, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Publications.Withdraw.At(dataset), why, ct);
    }
}
