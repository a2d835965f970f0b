using Hutch.DataLad.Keys;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Serving;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;
using Hutch.Datasets;
using Hutch.Datasets.Registry;
using Hutch.Site.Platform.Fairness;
using Hutch.Zone.Credentials;

namespace Hutch.DataLad.Hosting;

/// <param name="AllowTokensOverHttp">True if tokens may come over plain HTTP from other machines.</param>
/// <param name="PublicUrl">The public address of the server; null for the address of the request.</param>
internal sealed record GitContext(
    DataLadOptions Options, GitServices Services, RepositoryStore Stored, Repositories Repositories,
    UploadPack UploadPack, KeyPromise Promise, ReceivePack ReceivePack, bool AllowTokensOverHttp, Uri? PublicUrl,
    TimeProvider Time, CancellationToken Stopping);

/// <param name="Access">Checked before and during each request.</param>
internal sealed record GitServices(
    Authenticator Authenticator, AccessModule Access, RepositoryModule Repositories, CreationService Creation, ActiveRequests Requests);
