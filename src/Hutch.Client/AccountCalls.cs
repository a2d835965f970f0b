namespace Hutch.Client;

/// <summary>The caller, users, groups and tokens.</summary>
public static class AccountCalls
{
    extension(HutchClient client)
    {
        public Task<CallerInfo> GetCallerAsync(CancellationToken ct = default) => client.CallAsync(RestCalls.Profile.Find.At(), ct);

        public IAsyncEnumerable<UserInfo> ListUsersAsync(CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Users.List.At(), ct);

        public Task<UserInfo> GetUserAsync(string name, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Users.Find.At(name), ct);

        /// <summary>Makes an account; the answer holds its first token.</summary>
        public Task<CreatedUser> CreateUserAsync(CreateUser user, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Users.Create.At(), user, ct);

        public Task<UserInfo> PatchUserAsync(string name, PatchUser patch, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Users.Change.At(name), patch, ct);

        /// <summary>Links an account to a person at a login provider.</summary>
        public Task LinkIdentityAsync(string name, string provider, LinkIdentity link, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Users.LinkIdentity.At(name, provider), link, ct);

        /// <summary>Unlinks an account from a person at a login provider, which ends its sessions.</summary>
        public Task UnlinkIdentityAsync(string name, string provider, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Users.UnlinkIdentity.At(name, provider), ct);

        public IAsyncEnumerable<GroupInfo> ListGroupsAsync(CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Groups.List.At(), ct);

        public Task<GroupInfo> GetGroupAsync(string name, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Groups.Find.At(name), ct);

        /// <summary>Makes a group with the caller as its manager.</summary>
        public Task<GroupInfo> CreateGroupAsync(CreateGroup group, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Groups.Create.At(), group, ct);

        /// <summary>Removes a group and everything it was granted.</summary>
        public Task DeleteGroupAsync(string name, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Groups.Delete.At(name), ct);

        /// <summary>Adds a member to a group, or changes a member's role.</summary>
        public Task PutMemberAsync(string group, string user, PutMember member, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Groups.PutMember.At(group, user), member, ct);

        public Task DeleteMemberAsync(string group, string user, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Groups.RemoveMember.At(group, user), ct);

        /// <summary>The caller's tokens.</summary>
        public IAsyncEnumerable<TokenInfo> ListTokensAsync(CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Tokens.List.At(), ct);

        public Task<CreatedToken> CreateStepTokenAsync(CreateStepToken step, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Tokens.CreateForStep.At(), step, ct);

        public Task<CreatedToken> RenewStepTokenAsync(string id, RenewStepToken renew, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Tokens.RenewForStep.At(id), renew, ct);

        public Task EndStepTokenAsync(string id, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Tokens.RevokeForStep.At(id), ct);

        public Task<CreatedToken> CreateTokenAsync(CreateToken token, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Tokens.Create.At(), token, ct);

        /// <summary>Revokes a token at once.</summary>
        public Task RevokeTokenAsync(string id, CancellationToken ct = default) => client.DoAsync(RestCalls.Tokens.Revoke.At(id), ct);
    }
}
