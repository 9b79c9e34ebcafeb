"""The functions in the templates, and the example's application, against moto."""

import base64
import json
import os
import sys
import unittest
import uuid
from pathlib import Path
from types import SimpleNamespace

import boto3
import yaml
from botocore.stub import Stubber
from moto import mock_aws

NOTES = Path('infra-cfn/examples/notes')
os.environ.update(
    AWS_ACCESS_KEY_ID='none', AWS_SECRET_ACCESS_KEY='none', AWS_DEFAULT_REGION='eu-central-1', AWS_REGION='eu-central-1'
)


class Template(yaml.SafeLoader):
    """CloudFormation's short forms, as what they are called with."""


Template.add_multi_constructor('!', lambda loader, tag, node: getattr(node, 'value', None))


def function(template, resource):
    """The namespace of a function's code, as Lambda makes it."""
    properties = yaml.load(Path(template).read_text(), Template)['Resources'][resource]['Properties']
    module = {}
    exec(compile(properties['Code']['ZipFile'], template, 'exec'), module)
    return module


def make_table():
    os.environ['NOTES_TABLE'] = 'notes'
    boto3.client('dynamodb').create_table(
        TableName='notes',
        BillingMode='PAY_PER_REQUEST',
        AttributeDefinitions=[{'AttributeName': name, 'AttributeType': 'S'} for name in ('author', 'id')],
        KeySchema=[{'AttributeName': 'author', 'KeyType': 'HASH'}, {'AttributeName': 'id', 'KeyType': 'RANGE'}],
    )


@mock_aws
class MailRotation(unittest.TestCase):
    def setUp(self):
        os.environ.update(USER='sender', SES_REGION='eu-central-1')
        self.iam, self.secrets = boto3.client('iam'), boto3.client('secretsmanager')
        self.iam.create_user(UserName='sender')
        empty = json.dumps({'username': 'none', 'password': 'x'})
        self.arn = self.secrets.create_secret(Name='smtp', SecretString=empty)['ARN']
        self.rotate = function('infra-cfn/stacks/mail.yaml', 'Rotation')['rotate']

    def rotation(self, token):
        for step in ('createSecret', 'setSecret', 'testSecret', 'finishSecret'):
            self.rotate({'Step': step, 'SecretId': self.arn, 'ClientRequestToken': token}, None)

    def current(self):
        return json.loads(
            self.secrets.get_secret_value(SecretId=self.arn, VersionStage='AWSCURRENT')['SecretString']
        )

    def keys(self):
        return {key['AccessKeyId'] for key in self.iam.list_access_keys(UserName='sender')['AccessKeyMetadata']}

    def test_password_has_the_form_that_ses_reads(self):
        self.rotation(str(uuid.uuid4()))
        secret = self.current()
        self.assertIn(secret['username'], self.keys())
        raw = base64.b64decode(secret['password'])
        self.assertEqual((len(raw), raw[0]), (33, 4))

    def test_key_before_stays_good_and_the_one_before_that_goes(self):
        names = []
        for _ in range(3):
            self.rotation(str(uuid.uuid4()))
            names.append(self.current()['username'])
        self.assertEqual(len(set(names)), 3)
        self.assertEqual(self.keys(), set(names[1:]))

    def test_a_step_that_is_called_again_changes_nothing(self):
        token = str(uuid.uuid4())
        self.rotation(token)
        before = (self.current(), self.keys())
        self.rotate({'Step': 'finishSecret', 'SecretId': self.arn, 'ClientRequestToken': token}, None)
        self.assertEqual((self.current(), self.keys()), before)


class Answers:
    """CloudFormation's module in Lambda: what a function answers."""

    SUCCESS, FAILED = 'SUCCESS', 'FAILED'

    def __init__(self):
        self.said = []
        sys.modules['cfnresponse'] = self

    def send(self, event, context, status, data, physical_id, reason=None):
        self.said.append((event['RequestType'], status))


class AccountSettings(unittest.TestCase):
    """moto has no PutAccountSettingDefault: botocore's own model says whether the call is right."""

    def test_settings_are_set_and_stay_when_the_stack_goes(self):
        answers, ecs = Answers(), boto3.client('ecs')
        module = function('infra-cfn/stacks/account-settings.yaml', 'Setter')
        module['boto3'] = SimpleNamespace(client=lambda name: ecs)
        setting = {'name': 'awsvpcTrunking', 'value': 'enabled'}
        wanted = {'Settings': {'awsvpcTrunking': 'enabled'}}
        with Stubber(ecs) as stub:
            for _ in range(2):
                stub.add_response('put_account_setting_default', {'setting': setting}, setting)
            stub.add_client_error('put_account_setting_default', 'AccessDeniedException')
            for kind in ('Create', 'Update', 'Update', 'Delete'):
                module['handler']({'RequestType': kind, 'ResourceProperties': wanted}, None)
            stub.assert_no_pending_responses()
        said = [('Create', 'SUCCESS'), ('Update', 'SUCCESS'), ('Update', 'FAILED'), ('Delete', 'SUCCESS')]
        self.assertEqual(answers.said, said)


@mock_aws
class ReleasedInstances(unittest.TestCase):
    def setUp(self):
        ec2, self.group = boto3.client('ec2'), boto3.client('autoscaling')
        image = ec2.describe_images()['Images'][0]['ImageId']
        ec2.create_launch_template(
            LaunchTemplateName='one', LaunchTemplateData={'ImageId': image, 'InstanceType': 't3.large'}
        )
        self.group.create_auto_scaling_group(
            AutoScalingGroupName='instances',
            LaunchTemplate={'LaunchTemplateName': 'one'},
            MinSize=2,
            MaxSize=2,
            AvailabilityZones=['eu-central-1a'],
            NewInstancesProtectedFromScaleIn=True,
        )

    def protected(self):
        [found] = self.group.describe_auto_scaling_groups()['AutoScalingGroups']
        return found['NewInstancesProtectedFromScaleIn'], [one['ProtectedFromScaleIn'] for one in found['Instances']]

    def test_protection_goes_with_the_stack_and_not_before(self):
        answers = Answers()
        handler = function('infra-cfn/stacks/instances.yaml', 'Releaser')['handler']
        for kind in ('Create', 'Update'):
            handler({'RequestType': kind, 'ResourceProperties': {'Group': 'instances'}}, None)
        self.assertEqual(self.protected(), (True, [True, True]))
        handler({'RequestType': 'Delete', 'ResourceProperties': {'Group': 'instances'}}, None)
        self.assertEqual(self.protected(), (False, [False, False]))
        handler({'RequestType': 'Delete', 'ResourceProperties': {'Group': 'gone'}}, None)
        self.assertEqual([status for _, status in answers.said], ['SUCCESS'] * 4)


@mock_aws
class Notes(unittest.TestCase):
    def test_notes_are_kept_by_author_newest_first_and_counted_by_the_function(self):
        make_table()
        sys.path.insert(0, str(NOTES / 'playbooks/roles/notes/files'))
        import notes

        client = notes.make_application(boto3.resource('dynamodb').Table('notes')).test_client()
        for text in ('one', 'two', 'three'):
            self.assertEqual(client.post('/notes/ann', json={'text': text}).status_code, 201)
        found = client.get('/notes/ann').get_json()
        self.assertEqual([note['text'] for note in found], ['three', 'two', 'one'])
        self.assertEqual(client.get('/notes/bob').get_json(), [])
        self.assertEqual(client.delete(f'/notes/ann/{found[0]["id"]}').status_code, 204)
        for wrong in ({'text': ''}, {'text': 'x' * 4001}, {'text': 1}, {}):
            self.assertEqual(client.post('/notes/ann', json=wrong).status_code, 400)
        count = function(NOTES / 'stacks/function.yaml', 'Count')['count']
        self.assertEqual(json.loads(count({'path': '/count/ann'}, None)['body']), {'author': 'ann', 'notes': 2})
        self.assertEqual(count({'path': '/count'}, None)['statusCode'], 400)


if __name__ == '__main__':
    unittest.main()
