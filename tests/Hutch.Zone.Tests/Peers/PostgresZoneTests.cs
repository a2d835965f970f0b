using Hutch.Peers.Postgres;
using Hutch.Zone.Tests.Accounts;
using Hutch.Zone.Tests.Accounts.OpenId;
using Hutch.Zone.Tests.Authorization;
using Hutch.Zone.Tests.Dois;
using Hutch.Zone.Tests.Grants;
using Hutch.Zone.Tests.Placement;
using Hutch.Zone.Tests.Purges;
using Hutch.Zone.Tests.Sites;
using Hutch.Zone.Tests.Visits;

namespace Hutch.Zone.Tests.Peers;

// The tests of the zone once more, on PostgreSQL.

public sealed class PostgresAccessRequestsTests(PostgresServer server) : AccessRequestsTests(server);

public sealed class PostgresAccountServiceTests(PostgresServer server) : AccountServiceTests(server);

public sealed class PostgresAdminAccountTests(PostgresServer server) : AdminAccountTests(server);

public sealed class PostgresAuthenticatorTests(PostgresServer server) : AuthenticatorTests(server);

public sealed class PostgresDatasetNamesTests(PostgresServer server) : DatasetNamesTests(server);

public sealed class PostgresCopyNoticeTests(PostgresServer server) : CopyNoticeTests(server);

public sealed class PostgresMailTests(PostgresServer server) : MailTests(server);

public sealed class PostgresMutedNoticeTests(PostgresServer server) : MutedNoticeTests(server);

public sealed class PostgresDoiRegistrarTests(PostgresServer server) : DoiRegistrarTests(server);

public sealed class PostgresPurgeListTests(PostgresServer server) : PurgeListTests(server);

public sealed class PostgresOidcLoginsTests(PostgresServer server) : OidcLoginsTests(server);

public sealed class PostgresSessionTests(PostgresServer server) : SessionTests(server);

public sealed class PostgresZoneFeedTests(PostgresServer server) : ZoneFeedTests(server);

public sealed class PostgresTypeRuleTests(PostgresServer server) : TypeRuleTests(server);

public sealed class PostgresSharingTests(PostgresServer server) : SharingTests(server);

public sealed class PostgresVisitTests(PostgresServer server) : VisitTests(server);
