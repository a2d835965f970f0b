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

/// <summary>What requests work with.</summary>
/// <param name="Options">Limits.</param>
/// <param name="Services">The services that requests call.</param>
/// <param name="Stored">What git brought.</param>
/// <param name="Repositories">Datasets as repositories.</param>
/// <param name="UploadPack">git's protocol, for clients that read.</param>
/// <param name="Promise">What is said to be here stays for a while.</param>
/// <param name="ReceivePack">git's protocol, for clients that push.</param>
/// <param name="AllowTokensOverHttp">Whether tokens may come over plain HTTP from other machines.</param>
/// <param name="PublicUrl">The address at which people reach the server; null for the one that they ask.</param>
/// <param name="Stopping">Cancelled when the server stops.</param>
internal sealed record GitContext(
    DataLadOptions Options, GitServices Services, RepositoryStore Stored, Repositories Repositories,
    UploadPack UploadPack, KeyPromise Promise, ReceivePack ReceivePack, bool AllowTokensOverHttp, Uri? PublicUrl,
    CancellationToken Stopping);

/// <summary>The services that requests of git call.</summary>
/// <param name="Authenticator">Finds callers.</param>
/// <param name="Access">What is asked before and while a caller is served.</param>
/// <param name="Repositories">Datasets as repositories.</param>
/// <param name="Creation">Creates datasets.</param>
/// <param name="Requests">The requests in progress.</param>
internal sealed record GitServices(
    Authenticator Authenticator, AccessModule Access, RepositoryModule Repositories, CreationService Creation, ActiveRequests Requests);
