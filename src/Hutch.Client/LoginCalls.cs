using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>Logging in, one-time links, invites, handing over.</summary>
public static class LoginCalls
{
    extension(HutchClient client)
    {
        /// <summary>The server at the address, and its zone; needs no token.</summary>
        public Task<ServerInfo> GetServerAsync(CancellationToken ct = default) => client.GetAsync("", HutchJson.Default.ServerInfo, ct);

        public Task<CreatedLoginLink> CreateLoginLinkAsync(string user, CancellationToken ct = default) =>
            client.CallAsync(
                () => Request(HttpMethod.Post, $"users/{Escape(user)}/login-link"), repeatable: false, HutchJson.Default.CreatedLoginLink,
                ct);

        /// <summary>A link with which the holder of this client's token logs in in a browser, within minutes.</summary>
        public Task<CreatedLoginLink> CreateOwnLoginLinkAsync(CancellationToken ct = default) =>
            client.CallAsync(
                () => Request(HttpMethod.Post, "me/login-link"), repeatable: false, HutchJson.Default.CreatedLoginLink, ct);

        /// <summary>Gives everything of an account to another, or to a group as <c>@NAME</c>.</summary>
        public Task<HandOverInfo> HandOverAsync(string user, HandOver hand, CancellationToken ct = default) =>
            client.PostAsync($"users/{Escape(user)}/hand-over", Body(hand, HutchJson.Default.HandOver), HutchJson.Default.HandOverInfo, ct);

        public Task<CreatedInvite> CreateInviteAsync(DatasetId dataset, CreateInvite invite, CancellationToken ct = default) =>
            client.PostAsync(
                $"datasets/{dataset}/invites", Body(invite, HutchJson.Default.CreateInvite), HutchJson.Default.CreatedInvite, ct);

        public Task<CreatedInvite> CreateInviteAsync(string group, CreateInvite invite, CancellationToken ct = default) =>
            client.PostAsync(
                $"groups/{Escape(group)}/invites", Body(invite, HutchJson.Default.CreateInvite), HutchJson.Default.CreatedInvite, ct);

        /// <summary>The invites to a dataset that have not ended.</summary>
        public IAsyncEnumerable<InviteInfo> ListInvitesAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.ListAsync($"datasets/{dataset}/invites", HutchJson.Default.PageInviteInfo, ct);

        /// <summary>The invites to a group that have not ended.</summary>
        public IAsyncEnumerable<InviteInfo> ListInvitesAsync(string group, CancellationToken ct = default) =>
            client.ListAsync($"groups/{Escape(group)}/invites", HutchJson.Default.PageInviteInfo, ct);

        public Task RevokeInviteAsync(string id, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"invites/{Escape(id)}"), repeatable: false, ct);

        /// <summary>Accepts an invite as the caller. Accepting again changes nothing.</summary>
        public Task<InviteInfo> AcceptInviteAsync(AcceptInvite accept, CancellationToken ct = default)
        {
            var body = Body(accept, HutchJson.Default.AcceptInvite);
            return client.CallAsync(
                () => Request(HttpMethod.Post, "invites/accept", body.ToContent()), repeatable: true, HutchJson.Default.InviteInfo, ct);
        }

        /// <summary>Begins a login that a person approves in a browser; needs no token.</summary>
        public Task<DeviceLoginInfo> StartDeviceLoginAsync(CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Post, "login/device"), repeatable: false, HutchJson.Default.DeviceLoginInfo, ct);

        /// <summary>Exchanges the token of this client for one of a site.</summary>
        public Task<ExchangedTokenInfo> ExchangeTokenAsync(string site, CancellationToken ct = default) => client.PostAsync(
            "tokens/exchange", Body(new ExchangeToken { Site = site }, HutchJson.Default.ExchangeToken),
            HutchJson.Default.ExchangedTokenInfo, ct);

        /// <summary>The token of such a login, once; null until the user approves it.</summary>
        public async Task<DeviceLoginResult?> PollDeviceLoginAsync(string handle, CancellationToken ct = default)
        {
            var body = Body(new PollDeviceLogin { Handle = handle }, HutchJson.Default.PollDeviceLogin);
            using HttpResponseMessage response = await client.SendAsync(
                () => Request(HttpMethod.Post, "login/device/token", body.ToContent()), repeatable: false, ct);
            return response.StatusCode == HttpStatusCode.Accepted
                ? null
                : await client.ReadJsonAsync(response, HutchJson.Default.DeviceLoginResult, ct);
        }
    }
}
