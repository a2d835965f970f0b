using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>The caller, users, groups and tokens.</summary>
public static class AccountCalls
{
    extension(HutchClient client)
    {
        public Task<CallerInfo> GetCallerAsync(CancellationToken ct = default) => client.GetAsync("me", HutchJson.Default.CallerInfo, ct);

        public IAsyncEnumerable<UserInfo> ListUsersAsync(CancellationToken ct = default) =>
            client.ListAsync("users", HutchJson.Default.PageUserInfo, ct);

        public Task<UserInfo> GetUserAsync(string name, CancellationToken ct = default) =>
            client.GetAsync($"users/{Escape(name)}", HutchJson.Default.UserInfo, ct);

        /// <summary>Makes an account; the answer holds its first token.</summary>
        public Task<CreatedUser> CreateUserAsync(CreateUser user, CancellationToken ct = default) =>
            client.PostAsync("users", Body(user, HutchJson.Default.CreateUser), HutchJson.Default.CreatedUser, ct);

        public Task<UserInfo> PatchUserAsync(string name, PatchUser patch, CancellationToken ct = default)
        {
            var body = Body(patch, HutchJson.Default.PatchUser);
            return client.CallAsync(
                () => Request(HttpMethod.Patch, $"users/{Escape(name)}", body.ToContent()), repeatable: true, HutchJson.Default.UserInfo,
                ct);
        }

        /// <summary>Links an account to a person at a login provider.</summary>
        public Task LinkIdentityAsync(string name, string provider, LinkIdentity link, CancellationToken ct = default)
        {
            var body = Body(link, HutchJson.Default.LinkIdentity);
            return client.CallAsync(
                () => Request(HttpMethod.Put, $"users/{Escape(name)}/identities/{Escape(provider)}", body.ToContent()),
                repeatable: true, ct);
        }

        /// <summary>Unlinks an account from a person at a login provider, which ends its sessions.</summary>
        public Task UnlinkIdentityAsync(string name, string provider, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Delete, $"users/{Escape(name)}/identities/{Escape(provider)}"), repeatable: false, ct);

        public IAsyncEnumerable<GroupInfo> ListGroupsAsync(CancellationToken ct = default) =>
            client.ListAsync("groups", HutchJson.Default.PageGroupInfo, ct);

        public Task<GroupInfo> GetGroupAsync(string name, CancellationToken ct = default) =>
            client.GetAsync($"groups/{Escape(name)}", HutchJson.Default.GroupInfo, ct);

        /// <summary>Makes a group with the caller as its manager.</summary>
        public Task<GroupInfo> CreateGroupAsync(CreateGroup group, CancellationToken ct = default) =>
            client.PostAsync("groups", Body(group, HutchJson.Default.CreateGroup), HutchJson.Default.GroupInfo, ct);

        /// <summary>Removes a group and everything it was granted.</summary>
        public Task DeleteGroupAsync(string name, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"groups/{Escape(name)}"), repeatable: false, ct);

        /// <summary>Adds a member to a group, or changes a member's role.</summary>
        public Task PutMemberAsync(string group, string user, PutMember member, CancellationToken ct = default)
        {
            var body = Body(member, HutchJson.Default.PutMember);
            return client.CallAsync(
                () => Request(HttpMethod.Put, $"groups/{Escape(group)}/members/{Escape(user)}", body.ToContent()), repeatable: true, ct);
        }

        public Task DeleteMemberAsync(string group, string user, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"groups/{Escape(group)}/members/{Escape(user)}"), repeatable: false, ct);

        /// <summary>The caller's tokens.</summary>
        public IAsyncEnumerable<TokenInfo> ListTokensAsync(CancellationToken ct = default) =>
            client.ListAsync("tokens", HutchJson.Default.PageTokenInfo, ct);

        public Task<CreatedToken> CreateStepTokenAsync(CreateStepToken step, CancellationToken ct = default) =>
            client.PostAsync("steps", Body(step, HutchJson.Default.CreateStepToken), HutchJson.Default.CreatedToken, ct);

        public Task<CreatedToken> RenewStepTokenAsync(string id, RenewStepToken renew, CancellationToken ct = default) =>
            client.PostAsync(
                $"steps/{Escape(id)}/renew", Body(renew, HutchJson.Default.RenewStepToken), HutchJson.Default.CreatedToken, ct);

        public Task EndStepTokenAsync(string id, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"steps/{Escape(id)}"), repeatable: false, ct);

        public Task<CreatedToken> CreateTokenAsync(CreateToken token, CancellationToken ct = default) =>
            client.PostAsync("tokens", Body(token, HutchJson.Default.CreateToken), HutchJson.Default.CreatedToken, ct);

        /// <summary>Revokes a token at once.</summary>
        public Task RevokeTokenAsync(string id, CancellationToken ct = default) =>
            client.CallAsync(() => Request(HttpMethod.Delete, $"tokens/{Escape(id)}"), repeatable: false, ct);
    }
}
