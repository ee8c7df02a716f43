/**
 * The app: `cdk synth`, `cdk deploy trailhound-management` as the management account, then the others as the
 * log account.
 *
 * Context: `-c configuration=FILE` for another than organization.json, `-c functions=FOLDER` for functions
 * that were built elsewhere than in target/lambda.
 */
import { App } from 'aws-cdk-lib';
import { ConfigurationError, load } from '../lib/configuration.js';
import { organization } from '../lib/organization.js';

const app = new App();
try {
  const file = (app.node.tryGetContext('configuration') as string | undefined) ?? 'organization.json';
  organization(app, load(file), app.node.tryGetContext('functions') as string | undefined);
  app.synth();
} catch (problem) {
  if (!(problem instanceof ConfigurationError)) throw problem;
  console.error(`error: ${problem.message}`);
  process.exitCode = 3;
}
