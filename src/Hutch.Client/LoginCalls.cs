namespace Hutch.Client;

/// <summary>Logging in, one-time links, invites, handing over.</summary>
public static class LoginCalls
{
    extension(HutchClient client)
    {
        /// <summary>The server at the address, and its zone; needs no token.</summary>
        public Task<ServerInfo> GetServerAsync(CancellationToken ct = default) => client.CallAsync(RestCalls.Server.About.At(), ct);

        public Task<CreatedLoginLink> CreateLoginLinkAsync(string user, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Users.CreateLoginLink.At(user), ct);

        /// <summary>A link with which the holder of this client's token logs in in a browser, within minutes.</summary>
        public Task<CreatedLoginLink> CreateOwnLoginLinkAsync(CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Profile.CreateLoginLink.At(), ct);

        /// <summary>Gives everything of an account to another, or to a group as <c>@NAME</c>.</summary>
        public Task<HandOverInfo> HandOverAsync(string user, HandOver hand, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Users.HandOver.At(user), hand, ct);

        public Task<CreatedInvite> CreateInviteAsync(DatasetId dataset, CreateInvite invite, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Invites.CreateForDataset.At(dataset), invite, ct);

        public Task<CreatedInvite> CreateInviteAsync(string group, CreateInvite invite, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Groups.CreateInvite.At(group), invite, ct);

        /// <summary>The invites to a dataset that have not ended.</summary>
        public IAsyncEnumerable<InviteInfo> ListInvitesAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Invites.ListOfDataset.At(dataset), ct);

        /// <summary>The invites to a group that have not ended.</summary>
        public IAsyncEnumerable<InviteInfo> ListInvitesAsync(string group, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Groups.ListInvites.At(group), ct);

        public Task RevokeInviteAsync(string id, CancellationToken ct = default) => client.DoAsync(RestCalls.Invites.Revoke.At(id), ct);

        /// <summary>Accepts an invite as the caller. Accepting again changes nothing.</summary>
        public Task<InviteInfo> AcceptInviteAsync(AcceptInvite accept, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Invites.Accept.At(), accept, ct);

        /// <summary>Begins a login that a person approves in a browser; needs no token.</summary>
        public Task<DeviceLoginInfo> StartDeviceLoginAsync(CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Login.StartDevice.At(), ct);

        /// <summary>Exchanges the token of this client for one of a site.</summary>
        public Task<ExchangedTokenInfo> ExchangeTokenAsync(string site, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Tokens.Exchange.At(), new ExchangeToken { Site = site }, ct);

        /// <summary>The token of such a login, once; null until the user approves it.</summary>
        public async Task<DeviceLoginResult?> PollDeviceLoginAsync(string handle, CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.OpenAsync(
                RestCalls.Login.PollDevice.At(), new PollDeviceLogin { Handle = handle }, ct);
            return response.StatusCode == HttpStatusCode.Accepted
                ? null
                : await client.ReadJsonAsync(response, RestCalls.Login.PollDevice.Answer, ct);
        }
    }
}
