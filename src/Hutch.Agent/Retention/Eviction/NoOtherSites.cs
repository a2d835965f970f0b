using Hutch.Model;

namespace Hutch.Agent.Retention.Eviction;

/// <summary>The answer as long as an installation is one site: nobody else has anything.</summary>
public sealed class NoOtherSites : ICopyAttestation
{
    /// <inheritdoc/>
    public Task<Result<Attestation>> AttestAsync(DatasetId dataset, BlobHash snapshot, CancellationToken ct) =>
        Task.FromResult<Result<Attestation>>(ErrorCode.Conflict.With("there is no other site that could hold a copy"));
}
