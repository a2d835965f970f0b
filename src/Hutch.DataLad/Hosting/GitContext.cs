using Hutch.DataLad.Keys;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Serving;
using Hutch.DataLad.Store;
using Hutch.DataLad.Synthesis;
using Hutch.Datasets;
using Hutch.Site.Platform.Fairness;

namespace Hutch.DataLad.Hosting;

/// <summary>What requests work with.</summary>
/// <param name="Options">Limits.</param>
/// <param name="Services">Everything that is done, with authorization.</param>
/// <param name="Work">Who works on what now.</param>
/// <param name="Stored">What git brought.</param>
/// <param name="Repositories">Datasets as repositories.</param>
/// <param name="UploadPack">git's protocol, for clients that read.</param>
/// <param name="Promise">What is said to be here stays for a while.</param>
/// <param name="ReceivePack">git's protocol, for clients that push.</param>
/// <param name="AllowTokensOverHttp">Whether tokens may come over plain HTTP from other machines.</param>
/// <param name="PublicUrl">The address at which people reach the server; null for the one that they ask.</param>
/// <param name="Stopping">Cancelled when the server stops.</param>
internal sealed record GitContext(
    DataLadOptions Options, AuthorizedServices Services, WorkRegistry Work, RepositoryStore Stored, Repositories Repositories,
    UploadPack UploadPack, KeyPromise Promise, ReceivePack ReceivePack, bool AllowTokensOverHttp, Uri? PublicUrl,
    CancellationToken Stopping);
