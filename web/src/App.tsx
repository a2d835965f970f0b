import { lazy, Suspense } from "react";
import { BrowserRouter, Navigate, Route, Routes, useLocation } from "react-router";
import { portalRoot } from "./api/base";
import { load } from "./api/load";
import { Loading } from "./components/Loading";
import { ProblemAlert } from "./components/ProblemAlert";
import { shell as t } from "./messages/en";
import { AtZone } from "./session/AtZone";
import { ReloginDialog } from "./session/ReloginDialog";
import { isPerson, SessionProvider, useSession } from "./session/session";
import { ToLogin } from "./session/ToLogin";
import { NotFoundPage } from "./shell/NotFoundPage";
import { Shell } from "./shell/Shell";
import { Waiting } from "./shell/Waiting";

const LoginPage = lazy(() => load(() => import("./session/LoginPage")));
const DatasetsPage = lazy(() => load(() => import("./datasets/DatasetsPage")));
const DatasetPage = lazy(() => load(() => import("./dataset/DatasetPage")));
const FilesTab = lazy(() => load(() => import("./files/FilesTab")));
const MetadataTab = lazy(() => load(() => import("./metadata/MetadataTab")));
const VersionsTab = lazy(() => load(() => import("./versions/VersionsTab")));
const LineageTab = lazy(() => load(() => import("./lineage/LineageTab")));
const loadFrames = () => import("./frames/FramesTab");
const FramesTab = lazy(() => load(loadFrames));
const MicroscopeTab = lazy(() => load(() => import("./microscope/MicroscopeTab")));
const AnalysisTab = lazy(() => load(() => import("./analysis/AnalysisTab")));
const ActivityTab = lazy(() => load(() => import("./dataset/ActivityTab")));
const ProcessDialog = lazy(() => load(() => import("./analysis/ProcessDialog")));
const ShareDialog = lazy(() => load(() => import("./access/ShareDialog")));
const AccessTab = lazy(() => load(() => import("./access/AccessTab")));
const PublicationTab = lazy(() => load(() => import("./publication/PublicationTab")));
const SettingsTab = lazy(() => load(() => import("./dataset/SettingsTab")));
const HomePage = lazy(() => load(() => import("./home/HomePage")));
const HelpPage = lazy(() => load(() => import("./help/HelpPage")));
const LivePage = lazy(() => load(() => import("./live/LivePage")));
const TokensPage = lazy(() => load(() => import("./tokens/TokensPage")));
const GroupsPage = lazy(() => load(() => import("./groups/GroupsPage")));
const ProfilePage = lazy(() => load(() => import("./profile/ProfilePage")));
const ActivityPage = lazy(() => load(() => import("./admin/ActivityPage")));
const FacilityPage = lazy(() => load(() => import("./facility/FacilityPage")));
const UsersPage = lazy(() => load(() => import("./admin/UsersPage")));
const StoragePage = lazy(() => load(() => import("./admin/StoragePage")));
const SpacePage = lazy(() => load(() => import("./space/SpacePage")));
const JobsPage = lazy(() => load(() => import("./admin/JobsPage")));
const ServersPage = lazy(() => load(() => import("./admin/ServersPage")));
const SitesPage = lazy(() => load(() => import("./sites/SitesPage")));
const SitesTab = lazy(() => load(() => import("./sites/SitesTab")));
const AuditPage = lazy(() => load(() => import("./admin/AuditPage")));
const LoggedInPage = lazy(() => load(() => import("./session/LoggedInPage")));
const DevicePage = lazy(() => load(() => import("./session/DevicePage")));
const ConsentPage = lazy(() => load(() => import("./session/ConsentPage")));
const SharePage = lazy(() => load(() => import("./session/SharePage")));
const InvitePage = lazy(() => load(() => import("./session/InvitePage")));
const SearchPage = lazy(() => load(() => import("./search/SearchPage")));
const VisitPage = lazy(() => load(() => import("./visits/VisitPage")));
const SamplePage = lazy(() => load(() => import("./visits/SamplePage")));
const InstrumentPage = lazy(() => load(() => import("./visits/InstrumentPage")));
const ComparePage = lazy(() => load(() => import("./compare/ComparePage")));
const CreateDatasetPage = lazy(() => load(() => import("./datasets/CreateDatasetPage")));

/** All routes. The entry pages are bundled, the rest load on demand. */
export function App() {
  return (
    <BrowserRouter basename={portalRoot === "/" ? "/" : portalRoot.slice(0, -1)}>
      <SessionProvider>
        <Suspense fallback={<Loading />}>
          <Routes>
            <Route path="/login" element={<LoginPage />} />
            <Route path="/logged-in" element={<LoggedInPage />} />
            <Route element={<AtZone />}>
              <Route path="/s" element={<SharePage />} />
              <Route path="/invite" element={<InvitePage />} />
            </Route>
            <Route element={<Framed />}>
              <Route path="/" element={<Start />} />
              <Route path="/help/:page?" element={<HelpPage />} />
              <Route path="/datasets" element={<DatasetsPage key="all" view="all" />} />
              <Route path="/search" element={<SearchPage />} />
              <Route path="/compare" element={<ComparePage />} />
              <Route path="/live" element={<LivePage />} />
              <Route
                path="/now"
                element={<Navigate to={{ pathname: "/live", search: window.location.search }} replace />}
              />
              <Route path="/processing" element={<Navigate to="/live" replace />} />
              <Route path="/shared" element={<DatasetsPage key="shared" view="shared" />} />
              <Route path="/trash" element={<DatasetsPage key="trash" view="trash" />} />
              <Route path="/space" element={<SpacePage />} />
              <Route path="/new" element={<CreateDatasetPage />} />
              <Route path="/tokens" element={<TokensPage />} />
              <Route path="/groups" element={<GroupsPage />} />
              <Route
                path="/visits/:visit"
                element={<VisitPage dialogs={{ process: ProcessDialog, share: ShareDialog }} />}
              />
              <Route path="/samples/:proposal/:sample" element={<SamplePage />} />
              <Route path="/instruments/:instrument" element={<InstrumentPage />} />
              <Route path="/profile" element={<ProfilePage />} />
              <Route element={<AtZone />}>
                <Route path="/device" element={<DevicePage />} />
                <Route path="/consent" element={<ConsentPage />} />
              </Route>
              <Route path="/admin/activity" element={<ActivityPage />} />
              <Route path="/admin/facility" element={<FacilityPage />} />
              <Route path="/admin/users" element={<UsersPage />} />
              <Route path="/admin/storage" element={<StoragePage />} />
              <Route path="/admin/jobs" element={<JobsPage />} />
              <Route path="/admin/servers" element={<ServersPage />} />
              <Route path="/admin/sites" element={<SitesPage />} />
              <Route path="/admin/audit" element={<AuditPage />} />
              <Route
                path="/datasets/:id"
                element={
                  <DatasetPage loadFrames={loadFrames} ShareDialog={ShareDialog} ProcessDialog={ProcessDialog} />
                }
              >
                <Route index element={<FilesTab />} />
                <Route path="files/*" element={<FilesTab />} />
                <Route path="metadata" element={<MetadataTab />} />
                <Route path="versions" element={<VersionsTab />} />
                <Route path="lineage" element={<LineageTab />} />
                <Route path="frames" element={<FramesTab />} />
                <Route path="microscope" element={<MicroscopeTab />} />
                <Route path="analysis" element={<AnalysisTab />} />
                <Route path="sites" element={<SitesTab />} />
                <Route path="activity" element={<ActivityTab />} />
                <Route path="access" element={<AccessTab />} />
                <Route path="publication" element={<PublicationTab />} />
                <Route path="settings" element={<SettingsTab />} />
              </Route>
              <Route path="*" element={<NotFoundPage />} />
            </Route>
          </Routes>
        </Suspense>
        <ReloginDialog />
        <Waiting />
      </SessionProvider>
    </BrowserRouter>
  );
}

/** People begin at their own page, visitors with what is public. */
function Start() {
  return isPerson(useSession().me) ? <HomePage /> : <DatasetsPage key="all" view="all" />;
}

/** What visitors may see. */
function isPublic(pathname: string): boolean {
  return /^\/($|search$|compare$|help(\/|$)|datasets(\/|$))/.test(pathname);
}

/** The frame of the pages. Visitors see what is public; other pages send them to the login and back. */
function Framed() {
  const { me, isLoading, error } = useSession();
  const { pathname } = useLocation();
  if (isLoading) return <Loading />;
  if (error)
    return <ProblemAlert error={error} title={t.theServerIsNotResponding} onRetry={() => window.location.reload()} />;
  if (!me && !isPublic(pathname)) return <ToLogin />;
  // A share link opens one dataset only.
  const shared = me?.session?.dataset;
  if (shared && !pathname.startsWith("/datasets/")) return <Navigate to={`/datasets/${shared}`} replace />;
  const screen = me?.session?.instrument;
  const wall = `/instruments/${encodeURIComponent(screen ?? "")}`;
  if (screen && pathname !== wall) return <Navigate to={`${wall}?kiosk`} replace />;
  return <Shell />;
}
