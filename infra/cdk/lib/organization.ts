/** The three stacks of an organization, and what is said of each exception to good practice. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { type Configuration } from './configuration.js';
import { Forwarding } from './forwarding.js';
import { LogAccount } from './log-account.js';
import { Management } from './management.js';
import { acknowledge, settle } from './exceptions.js';

export interface Organization {
  readonly management: Management;
  readonly logAccount: LogAccount;
  readonly forwarding: Forwarding;
}

/**
 * Adds the stacks to an app, in the order in which they are deployed.
 *
 * `functions` is where built functions lie; `standing` whether we stand by our exceptions, as all but tests do.
 */
export function organization(
  app: App,
  configuration: Configuration,
  functions?: string,
  standing = true,
): Organization {
  const { id: account, region } = configuration.logAccount;
  const management = new Management(app, `${configuration.name}-management`, {
    configuration,
    description: 'Trailhound - lets the log account administer trails and stack sets',
    env: { account: configuration.organization.managementAccount, region },
  });
  const logAccount = new LogAccount(app, configuration.name, { configuration, functions, env: { account, region } });
  const forwarding = new Forwarding(app, `${configuration.name}-forwarding`, {
    configuration,
    description: 'Trailhound - brings the events of all accounts and regions',
    env: { account, region },
  });
  logAccount.addStackDependency(management);
  forwarding.addStackDependency(logAccount);
  Validations.of(app).addPlugins(new AwsSolutionsChecks());
  settle(logAccount);
  if (standing) acknowledge(app.node.findAll(), configuration);
  return { management, logAccount, forwarding };
}
