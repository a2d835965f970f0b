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

/// <summary>The modules and settings that requests use.</summary>
/// <param name="Stored">The repositories that pushes stored.</param>
/// <param name="Repositories">Datasets as repositories.</param>
/// <param name="UploadPack">git's protocol, for clients that read.</param>
/// <param name="Promise">Retains reported content for a while.</param>
/// <param name="ReceivePack">git's protocol, for clients that push.</param>
/// <param name="AllowTokensOverHttp">True if tokens may come over plain HTTP from other machines.</param>
/// <param name="PublicUrl">The public address of the server; null for the address of the request.</param>
/// <param name="Stopping">Cancelled when the server stops.</param>
internal sealed record GitContext(
    DataLadOptions Options, GitServices Services, RepositoryStore Stored, Repositories Repositories,
    UploadPack UploadPack, KeyPromise Promise, ReceivePack ReceivePack, bool AllowTokensOverHttp, Uri? PublicUrl,
    CancellationToken Stopping);

/// <summary>The services that requests of git call.</summary>
/// <param name="Access">Checked before and during each request.</param>
/// <param name="Repositories">Datasets as repositories.</param>
internal sealed record GitServices(
    Authenticator Authenticator, AccessModule Access, RepositoryModule Repositories, CreationService Creation, ActiveRequests Requests);
